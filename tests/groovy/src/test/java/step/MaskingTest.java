package step;

import static org.assertj.core.api.Assertions.assertThat;

import harness.Build;
import harness.Controller.MaskPasswords;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class MaskingTest extends StepTest {
    private static final String PRINTING = """
            sh 'cp "$PIP_CONFIG_FILE" stolen; cat "$PIP_CONFIG_FILE" "$NPM_CONFIG_USERCONFIG" "$DOCKER_CONFIG/config.json"; env'
            """;
    private static final String JWT = "eyJ[\\w-]+\\.eyJ[\\w-]+";

    private String cloudsmithToken() throws IOException {
        return Files.readString(jenkins.workspace().resolve("stolen")).replaceAll("(?s).*token:(.*)@.*", "$1");
    }

    @Test
    void what_a_body_prints_shows_no_token() throws IOException {
        Build build = succeeded(onNode("cloudsmithOidc(" + LOGIN + ") { " + PRINTING + " }"));

        assertThat(cloudsmithToken()).matches(JWT + ".*");
        assertThat(build.console()).contains("token:****@", "_authToken=****", "\"auth\": \"****\"")
                .doesNotContain(cloudsmithToken(), jenkins.idTokens().get(0)).doesNotContainPattern(JWT);
    }

    @Test
    void without_the_option_nothing_is_wrapped() throws IOException {
        Build build = succeeded(onNode("cloudsmithOidc(" + LOGIN + ", mask: false) { " + PRINTING + " }"));

        assertThat(build.console()).contains(cloudsmithToken()).doesNotContain("cloudsmithOidc: ");
        assertThat(build.steps()).doesNotContain("maskPasswords");
    }

    @Test
    void a_missing_plugin_is_said_once_in_a_build_and_costs_no_build() {
        jenkins.maskPasswords(MaskPasswords.MISSING);

        Build build = succeeded(onNode("""
                cloudsmithOidc(service: 'a', org: 'acme') { cloudsmithOidc(service: 'b', org: 'acme') { echo 'inner body' } }
                cloudsmithOidc(service: 'c', org: 'acme')
                cloudsmithOidc.refresh()
                cloudsmithOidc.cleanup()
                parallel(a: { cloudsmithOidc(service: 'd', org: 'acme') { } }, b: { cloudsmithOidc(service: 'e', org: 'acme') { } })
                """));

        assertThat(build.console().lines().filter(line -> line.startsWith("cloudsmithOidc: "))).singleElement().asString()
                .contains("Mask Passwords plugin is not installed", "not masked");
        assertThat(build.console()).containsOnlyOnce("inner body");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void a_plugin_that_is_too_old_is_said_once_in_a_build_and_costs_no_build() {
        jenkins.maskPasswords(MaskPasswords.OLD);

        Build build = succeeded(onNode("""
                cloudsmithOidc(service: 'a', org: 'acme') { echo 'in the body' }
                cloudsmithOidc(service: 'b', org: 'acme') { }
                """));

        assertThat(build.console().lines().filter(line -> line.startsWith("cloudsmithOidc: "))).singleElement().asString()
                .contains("Mask Passwords plugin is older than version 173");
        assertThat(build.console()).containsOnlyOnce("in the body");
    }

    @Test
    void a_step_that_the_body_misses_is_the_bodys_own_failure() {
        Build build = onNode("cloudsmithOidc(" + LOGIN + ") { echo 'in the body'; noSuchStep() }");

        assertThat(build.failure()).isInstanceOf(NoSuchMethodError.class).hasMessageContaining("noSuchStep");
        assertThat(build.console()).containsOnlyOnce("in the body").doesNotContain("Mask Passwords");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void an_abort_before_the_body_is_not_taken_for_an_old_plugin() {
        jenkins.failAt("maskPasswords", 1, org.jenkinsci.plugins.workflow.steps.FlowInterruptedException::new);

        Build build = onNode("cloudsmithOidc(" + LOGIN + ") { echo 'in the body' }");

        assertThat(build.failure()).isInstanceOf(org.jenkinsci.plugins.workflow.steps.FlowInterruptedException.class);
        assertThat(build.console()).doesNotContain("in the body", "Mask Passwords");
    }

    @Test
    void around_a_statement_only_the_exchange_is_masked() {
        Build build = succeeded(onNode("cloudsmithOidc(" + LOGIN + ")\necho 'after'"));

        assertThat(build.steps()).containsSubsequence("maskPasswords", "withCredentials", "sh", "readFile", "echo")
                .containsOnlyOnce("maskPasswords");
    }
}
