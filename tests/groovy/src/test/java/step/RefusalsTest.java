package step;

import static org.assertj.core.api.Assertions.assertThat;

import harness.Build;
import harness.Controller.Credential;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusalsTest extends StepTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "cloudsmithOidc(org: 'acme') { echo 'in the body' } | option service is missing | env.CLOUDSMITH_SERVICE_SLUG",
        "cloudsmithOidc(service: 'ci') { echo 'in the body' } | option org is missing | env.CLOUDSMITH_ORG",
        "cloudsmithOidc(LOGIN, repos: ['a'], Mask: false) { } | unknown option repos, Mask"
                + " | there are: service, org, repo, formats, formatOptions, npmScope, ",
        "cloudsmithOidc('ci') | options have names | ``",
        "cloudsmithOidc('ci') { echo 'in the body' } | options have names | ``",
        "cloudsmithOidc('ci', repo: 'prod') | options have names | ``",
        "cloudsmithOidc('ci', repo: 'prod') { echo 'in the body' } | options have names | ``",
        "cloudsmithOidc('ci', 'acme') | options have names | ``",
        "cloudsmithOidc('ci', 'acme') { echo 'in the body' } | options have names | ``",
        "cloudsmithOidc(LOGIN, credentialsId: 'nope') { echo 'in the body' } | Could not find credentials entry with ID 'nope'"
                + " | credentialsId must name an \"OpenID Connect id token\" (not \"as file\"), apiKeyCredentialsId a secret text",
        "cloudsmithOidc(LOGIN, credentialsId: 'token-file') { } | is of type 'OpenID Connect id token as file' | (not \"as file\")",
        "cloudsmithOidc(LOGIN, apiKeyCredentialsId: 'admin') { } | options html and apiKeyCredentialsId are for explain() | ``",
        "cloudsmithOidc(LOGIN, html: 'a.html') { } | options html and apiKeyCredentialsId are for explain() | ``",
        "cloudsmithOidc.explain(LOGIN, apiKeyCredentialsId: 'nobody') | Could not find credentials entry with ID 'nobody'"
                + " | apiKeyCredentialsId a secret text",
        "cloudsmithOidc.explain(services: 'ci') | unknown option services | ``",
        "cloudsmithOidc.explain(service: 1) | option service must be a text | it is '1' (Integer)",
        "cloudsmithOidc(service: 'refused', org: 'acme') { echo 'in the body' } | login failed: script returned exit code 4"
                + " | (Cloudsmith refused the exchange). The lines above say why and what to do",
        "cloudsmithOidc(service: 'broken', org: 'acme') { } | script returned exit code 77 (unexpected) | ``",
        "cloudsmithOidc.refresh() | nothing to refresh | inside cloudsmithOidc(…) { … } or after the statement",
        "cloudsmithOidc(LOGIN) { }; cloudsmithOidc.refresh() | nothing to refresh | ``",
        "cloudsmithOidc(LOGIN); cloudsmithOidc.cleanup(); cloudsmithOidc.refresh() | nothing to refresh | ``",
    })
    void a_call_that_cannot_work_is_one_error_that_says_what_to_do(String pipeline, String problem, String advice) {
        jenkins.credential("token-file", Credential.ID_TOKEN_AS_FILE);

        Build build = onNode(pipeline.replace("LOGIN", LOGIN));

        assertError(build, problem, advice);
        assertThat(build.steps()).doesNotContain("echo");
        assertThat(leftovers()).isEmpty();
    }

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
        assertError(run("node { cloudsmithOidc(" + LOGIN + ") }\ncloudsmithOidc.refresh()"), "nothing to refresh on this node");
    }

    @Test
    void a_windows_agent_is_refused() {
        jenkins.onWindows();

        assertError(onNode("cloudsmithOidc(" + LOGIN + ") { }"), "Windows", "use a Linux or macOS agent");
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
