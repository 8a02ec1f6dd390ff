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
    void an_option_that_cannot_be_is_an_error_here_too() {
        assertError(onNode("cloudsmithOidc.explain(services: 'ci')"), "unknown option services");
        assertError(onNode("cloudsmithOidc.explain(service: 1)"), "option service must be a text", "it is '1' (Integer)");
    }

    @Test
    void an_api_key_reaches_the_program_by_the_pipe_and_is_masked() {
        jenkins.credential("cloudsmith-admin", Credential.SECRET_TEXT);

        Build build = succeeded(onNode("cloudsmithOidc.explain(" + LOGIN + ", apiKeyCredentialsId: 'cloudsmith-admin')"));

        assertThat(build.console()).contains("info subject, key of 28 characters").doesNotContain("secret-text-");
        assertThat(build.count("withCredentials")).isEqualTo(1);
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void an_api_key_that_is_not_there_is_an_error_that_names_the_option() {
        assertError(onNode("cloudsmithOidc.explain(" + LOGIN + ", apiKeyCredentialsId: 'nobody')"),
                "Could not find credentials entry with ID 'nobody'", "apiKeyCredentialsId a secret text");
    }

    @Test
    void a_login_takes_no_api_key() {
        assertError(onNode("cloudsmithOidc(" + LOGIN + ", apiKeyCredentialsId: 'cloudsmith-admin') { }"),
                "option apiKeyCredentialsId is for explain() only");
    }
}
