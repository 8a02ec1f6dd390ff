package step;

import static org.assertj.core.api.Assertions.assertThat;

import harness.Library;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HelpTest {
    private static final List<String> HELP = Library.text("vars/cloudsmithOidc.txt").lines().toList();
    private static final Map<?, ?> OPTIONS = (Map<?, ?>) Library.constant("OPTIONS");

    private static List<String> table() {
        return HELP.subList(HELP.indexOf("OPTIONS"), HELP.size());
    }

    @Test
    void it_describes_the_options_that_there_are_in_their_order() {
        List<String> described = table().stream().filter(line -> line.matches("[a-z]\\w*: .*"))
                .map(line -> line.replaceAll(":.*", "")).toList();

        assertThat(described).hasSize(OPTIONS.size()).isEqualTo(OPTIONS.keySet().stream().map(Object::toString).toList());
    }

    @Test
    void it_names_the_variable_or_the_default_of_each_option() {
        String entries = String.join("\n", table());

        OPTIONS.forEach((name, option) -> {
            String entry = entries.replaceAll("(?s).*\n" + name + ": (.*?)(\n<p>.*|$)", "$1");
            Map<?, ?> row = (Map<?, ?>) option;
            assertThat(entry).contains(row.get("variable") == null ? "" : row.get("variable").toString());
        });
    }

    @Test
    void it_reads_well_with_and_without_the_markup_formatter_safe_html() {
        assertThat(HELP).allMatch(line -> line.length() <= 95 && (line.equals("<p>") || line.matches("\\S[^<>&\t]*")));
    }

    @Test
    void the_variables_of_the_options_are_those_that_the_launcher_knows() {
        String launcher = Library.text("resources/cloudsmith/oidc/cloudsmith-oidc.sh");

        OPTIONS.values().forEach(option -> {
            if (((Map<?, ?>) option).get("variable") instanceof String variable) {
                assertThat(launcher).containsPattern("\\b" + variable + "\\b");
            }
        });
    }
}
