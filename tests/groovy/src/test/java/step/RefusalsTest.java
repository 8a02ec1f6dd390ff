package step;

import static org.assertj.core.api.Assertions.assertThat;

import harness.Build;
import harness.Controller.Credential;
import org.junit.jupiter.api.Test;

class RefusalsTest extends StepTest {
    @Test
    void a_pull_request_from_a_fork_gets_no_token() {
        jenkins.variable("CHANGE_FORK", "mallory");

        Build build = onNode("cloudsmithOidc(" + LOGIN + ") { echo 'in the body' }");

        assertError(build, "the fork mallory", "could take the token", "allowForks: true");
        assertThat(build.steps()).doesNotContain("withCredentials", "echo");
    }

    @Test
    void a_pull_request_from_a_fork_gets_none_by_explain_either() {
        jenkins.variable("CHANGE_FORK", "mallory");

        Build build = onNode("cloudsmithOidc.explain(" + LOGIN + ")");

        assertError(build, "the fork mallory");
        assertThat(build.steps()).doesNotContain("withCredentials");
    }

    @Test
    void forks_can_be_allowed() {
        jenkins.variable("CHANGE_FORK", "friend");

        Build build = succeeded(onNode("cloudsmithOidc(" + LOGIN + ", allowForks: true) { echo 'in the body' }"));

        assertThat(build.console()).contains("in the body");
    }

    @Test
    void outside_node_the_error_says_where_to_go() {
        assertError(run("cloudsmithOidc(" + LOGIN + ") { }"), "no workspace", "inside node { … } or in a stage with an agent");
        assertError(run("cloudsmithOidc(" + LOGIN + ")"), "no workspace");
        assertError(run("cloudsmithOidc.explain(" + LOGIN + ")"), "no workspace");
    }

    @Test
    void a_windows_agent_is_refused() {
        jenkins.onWindows();

        assertError(onNode("cloudsmithOidc(" + LOGIN + ") { }"), "Windows", "use a Linux or macOS agent");
    }

    @Test
    void a_credential_that_is_missing_is_one_error_that_says_how_to_make_it() {
        Build build = onNode("cloudsmithOidc(" + LOGIN + ", credentialsId: 'nope') { echo 'in the body' }");

        assertError(build, "Could not find credentials entry with ID 'nope'",
                "credentialsId must name an \"OpenID Connect id token\" credential");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void a_credential_of_the_file_kind_is_one_error_that_says_which_kind_it_has_to_be() {
        jenkins.credential("token-file", Credential.ID_TOKEN_AS_FILE);

        Build build = onNode("cloudsmithOidc(" + LOGIN + ", credentialsId: 'token-file') { echo 'in the body' }");

        assertError(build, "'token-file' is of type 'OpenID Connect id token as file'", "(not \"as file\")");
    }

    @Test
    void another_credential_can_be_named() {
        jenkins.credential("mine", Credential.ID_TOKEN);

        succeeded(onNode("cloudsmithOidc(" + LOGIN + ", credentialsId: 'mine') { }"));
    }

    @Test
    void a_credential_that_the_body_misses_is_the_bodys_own_failure() {
        Build build = onNode("""
                cloudsmithOidc(service: 'ci', org: 'acme') {
                    withCredentials([string(credentialsId: 'other', variable: 'OTHER')]) { }
                }
                """);

        assertThat(build.failure()).hasMessage("Could not find credentials entry with ID 'other'");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void without_a_jenkins_url_one_error_says_where_to_enter_it() {
        jenkins.failAt("withCredentials", 1, () -> new RuntimeException("Apparently unsubstituted claims: ${JOB_URL}"));

        Build build = onNode("cloudsmithOidc(" + LOGIN + ") { echo 'in the body' }");

        assertError(build, "Apparently unsubstituted claims: ${JOB_URL}", "enter the Jenkins URL in Manage Jenkins, System");
        assertThat(build.steps()).doesNotContain("sh", "echo");
    }
}
