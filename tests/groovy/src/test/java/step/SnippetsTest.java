package step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import harness.Compiled;
import harness.Markdown;
import harness.Usage;
import java.util.List;
import org.codehaus.groovy.control.MultipleCompilationErrorsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The Groovy that README.md and docs/ show. */
class SnippetsTest {
    static List<Markdown.Block> snippets() {
        return Markdown.blocks("groovy");
    }

    @ParameterizedTest
    @MethodSource("snippets")
    void it_compiles_and_uses_what_the_library_has(Markdown.Block snippet) {
        Compiled.of(false, snippet.text());

        assertThat(Usage.problems(snippet.text())).isEmpty();
    }

    @Test
    void what_is_not_Groovy_does_not_compile() {
        assertThatThrownBy(() -> Compiled.of(false, "pipeline { agent any")).isInstanceOf(MultipleCompilationErrorsException.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "1 | pipeline { agent any; stages { stage('a') { steps { cloudsmithOidc.refresh() } } } }",
        "0 | pipeline { agent any; stages { stage('a') { steps { script { cloudsmithOidc.refresh() } } } } }",
        "1 | pipeline { agent any; post { always { timeout(9) { cloudsmithOidc.cleanup() } } } }",
        "0 | node { def a = cloudsmithOidc.refresh() }",
        "1 | node { cloudsmithOidc(servce: 'a') { } }",
        "1 | node { cloudsmithOidc(servce: 'a') }",
        "1 | node { cloudsmithOidc.explain(servce: 'a') }",
        "1 | node { cloudsmithOidc.logout() }",
    })
    void a_mistake_is_seen(int mistakes, String jenkinsfile) {
        assertThat(Usage.problems(jenkinsfile)).hasSize(mistakes);
    }
}
