package step;

import static org.assertj.core.api.Assertions.assertThat;

import harness.Build;
import harness.Controller.Credential;
import org.junit.jupiter.api.Test;

class ExplainTest extends StepTest {
    @Test
    void it_prints_the_diagnosis_and_leaves_nothing() {
        Build build = succeeded(onNode("cloudsmithOidc.explain(" + LOGIN + ", repo: 'prod')"));

        assertThat(build.console()).contains("program: explain CLOUDSMITH_ORG=acme CLOUDSMITH_REPO=prod CLOUDSMITH_SERVICE_SLUG=ci",
                "info subject");
        assertThat(build.steps()).containsExactly("node", "isUnix", "libraryResource", "maskPasswords",
                "withCredentials", "libraryResource", "withEnv", "sh");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void a_missing_option_is_left_to_the_diagnosis_whose_error_fails_the_build() {
        Build build = onNode("cloudsmithOidc.explain()");

        assertError(build, "explain failed: script returned exit code 2 (wrong usage or settings). The lines above say why and what to do");
        assertThat(build.console()).contains("error service-invalid");
    }

    @Test
    void an_api_key_reaches_the_program_by_the_pipe_and_is_masked() {
        jenkins.credential("cloudsmith-admin", Credential.SECRET_TEXT);

        Build build = succeeded(onNode("cloudsmithOidc.explain(" + LOGIN + ", apiKeyCredentialsId: 'cloudsmith-admin')"));

        assertThat(build.console()).contains("info subject, key of 28 characters").doesNotContain("secret-text-");
        assertThat(build.count("withCredentials")).isEqualTo(1);
        assertThat(leftovers()).isEmpty();
    }
}
