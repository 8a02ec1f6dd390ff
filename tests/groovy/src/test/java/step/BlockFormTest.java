package step;

import static org.assertj.core.api.Assertions.assertThat;

import harness.Build;
import java.io.IOException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockFormTest extends StepTest {
    @Test
    void the_body_has_the_clients_configured_and_afterwards_nothing_is_left() {
        Build build = succeeded(onNode("""
                cloudsmithOidc(service: 'ci', org: 'acme') {
                    sh 'test -s "$PIP_CONFIG_FILE" && test -s "$NPM_CONFIG_USERCONFIG" && test -s "$DOCKER_CONFIG/config.json"'
                }
                sh 'echo "after: ${PIP_CONFIG_FILE-none} ${CLOUDSMITH_OIDC_LOGINS-none}"'
                """));

        assertThat(build.console()).contains("after: none none");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void it_works_the_same_in_a_trusted_library() {
        jenkins.trusted();

        succeeded(onNode("cloudsmithOidc(service: 'ci', org: 'acme') { sh 'test -s \"$PIP_CONFIG_FILE\"' }"));

        assertThat(leftovers()).isEmpty();
    }

    @Test
    void it_costs_two_sh_and_one_binding() {
        Build build = succeeded(onNode("cloudsmithOidc(service: 'ci', org: 'acme') { echo 'in the body' }"));

        assertThat(build.steps()).containsExactly("node", "isUnix", "libraryResource", "maskPasswords",
                "withCredentials", "libraryResource", "withEnv", "sh", "libraryResource",
                "withEnv", "echo",
                "libraryResource", "withEnv", "sh");
    }

    @Test
    void the_id_token_is_bound_only_around_the_exchange() {
        Build build = succeeded(onNode("""
                cloudsmithOidc(service: 'ci', org: 'acme') { sh 'echo "bound: ${CLOUDSMITH_OIDC_TOKEN-no}"' }
                """));

        assertThat(jenkins.idTokens()).hasSize(1);
        assertThat(build.console()).contains("bound: no");
    }

    @Test
    void a_failure_of_the_body_is_the_failure_of_the_build() {
        Build build = onNode("cloudsmithOidc(service: 'ci', org: 'acme') { error 'tests failed' }");

        assertThat(build.failure()).isInstanceOf(hudson.AbortException.class).hasMessage("tests failed");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void an_abort_of_the_body_stays_an_abort() {
        jenkins.abortAt("at work");

        Build build = onNode("cloudsmithOidc(service: 'ci', org: 'acme') { sh 'echo at work; sleep 600' }");

        assertThat(build.failure()).isInstanceOf(FlowInterruptedException.class);
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void an_abort_while_the_exchange_hangs_leaves_nothing() {
        jenkins.abortAt("program: hangs");

        Build build = onNode("cloudsmithOidc(service: 'hangs', org: 'acme') { echo 'in the body' }");

        assertThat(build.failure()).isInstanceOf(FlowInterruptedException.class);
        assertThat(build.console()).doesNotContain("in the body");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void a_removal_that_fails_does_not_fail_a_good_build_and_is_said_in_one_line() {
        Build build = succeeded(onNode("""
                cloudsmithOidc(service: 'ci', org: 'acme') {
                    sh 'rm -r "$(dirname "$PIP_CONFIG_FILE")"; ln -s nowhere "$(dirname "$PIP_CONFIG_FILE")"'
                }
                """));

        assertThat(build.console().lines().filter(line -> line.startsWith("cloudsmithOidc: "))).singleElement().asString()
                .contains("may still hold a Cloudsmith token", "exit code 8");
    }

    @Test
    void when_the_agent_is_gone_the_bodys_failure_stays() {
        jenkins.failAt("sh", 2, () -> new IOException("agent is offline"));

        Build build = onNode("cloudsmithOidc(service: 'ci', org: 'acme') { error 'tests failed' }");

        assertThat(build.failure()).hasMessage("tests failed");
        assertThat(build.console()).contains("may still hold a Cloudsmith token: agent is offline");
    }

    @Test
    void an_abort_during_the_removal_aborts_a_good_build() {
        jenkins.failAt("sh", 2, FlowInterruptedException::new);

        Build build = onNode("cloudsmithOidc(service: 'ci', org: 'acme') { echo 'in the body' }");

        assertThat(build.failure()).isInstanceOf(FlowInterruptedException.class);
    }

    @Test
    void an_abort_during_the_removal_does_not_hide_what_failed_before() {
        jenkins.failAt("sh", 2, FlowInterruptedException::new);

        Build build = onNode("cloudsmithOidc(service: 'ci', org: 'acme') { error 'tests failed' }");

        assertThat(build.failure()).hasMessage("tests failed");
    }

    @Test
    void blocks_on_one_node_do_not_disturb_each_other() {
        String branches = IntStream.range(0, 8).mapToObj(n -> """
                b%d: { cloudsmithOidc(service: 'ci-%d', org: 'acme') { sh 'test -s "$PIP_CONFIG_FILE"; echo "at: $PIP_CONFIG_FILE"' } }
                """.formatted(n, n).strip()).collect(Collectors.joining(",\n"));

        Build build = succeeded(onNode("parallel(" + branches + ")"));

        assertThat(build.console().lines().filter(line -> line.startsWith("at: ")).distinct()).hasSize(8);
        assertThat(build.count("sh")).isEqualTo(24);
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void branches_in_a_block_share_its_login() {
        Build build = succeeded(onNode("""
                cloudsmithOidc(service: 'ci', org: 'acme') {
                    parallel([1, 2, 3, 4, 5, 6, 7, 8].collectEntries { n ->
                        ["b$n".toString(), { sh 'test -s "$PIP_CONFIG_FILE"; echo "at: $PIP_CONFIG_FILE"' }]
                    })
                }
                """));

        assertThat(build.console().lines().filter(line -> line.startsWith("at: "))).hasSize(8);
        assertThat(build.console().lines().filter(line -> line.startsWith("at: ")).distinct()).hasSize(1);
        assertThat(build.console().lines().filter(line -> line.startsWith("program: login"))).hasSize(1);
    }

    @Test
    void a_failing_branch_leaves_the_others_alone() {
        Build build = onNode("""
                parallel(
                    bad: { cloudsmithOidc(service: 'refused', org: 'acme') { } },
                    good: { cloudsmithOidc(service: 'ci', org: 'acme') { sh 'test -s "$PIP_CONFIG_FILE" && echo good' } })
                """);

        assertError(build, "exit code 4");
        assertThat(build.console()).contains("good");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void a_block_in_a_block_has_a_session_of_its_own() {
        Build build = succeeded(onNode("""
                cloudsmithOidc(service: 'outer', org: 'acme', repo: 'prod', formats: ['pip'], dir: 'outer') {
                    cloudsmithOidc(service: 'inner', org: 'acme', dir: 'inner') { sh 'echo "inside: $PIP_CONFIG_FILE"' }
                    sh 'test -s "$PIP_CONFIG_FILE"; echo "around: $PIP_CONFIG_FILE"'
                }
                """));

        assertThat(build.console()).contains("inside: " + jenkins.workspace() + "/inner/pip.conf",
                "around: " + jenkins.workspace() + "/outer/pip.conf",
                "program: login CLOUDSMITH_ORG=acme CLOUDSMITH_SERVICE_SLUG=inner \n");
        assertThat(leftovers()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"creds", "a/b c/$d"})
    void a_relative_directory_is_in_the_workspace_wherever_the_step_is(String dir) {
        Build build = succeeded(onNode("""
                sh 'mkdir sub'
                dir('sub') {
                    cloudsmithOidc(service: 'ci', org: 'acme', dir: '%s') { sh 'test -s "$PIP_CONFIG_FILE"; echo "at: $PIP_CONFIG_FILE"' }
                }
                sh 'rmdir sub; [ ! -d a ] || rm -r a'
                """.formatted(dir)));

        assertThat(build.console()).contains("at: " + jenkins.workspace() + "/" + dir + "/pip.conf");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void without_a_temporary_directory_of_the_workspace_the_usual_place_is_taken() {
        succeeded(onNode("""
                withEnv(['WORKSPACE_TMP=']) {
                    cloudsmithOidc(service: 'ci', org: 'acme') {
                        sh 'case $PIP_CONFIG_FILE in "$WORKSPACE@tmp/cloudsmith-oidc-"*) ;; *) exit 1 ;; esac'
                    }
                }
                """));

        assertThat(leftovers()).isEmpty();
    }

    @Test
    void block_returns_the_value_of_its_body() {
        Build build = succeeded(onNode("""
                def value = cloudsmithOidc(service: 'ci', org: 'acme') { sh(script: 'echo from the body', returnStdout: true).trim() }
                def more = cloudsmithOidc(service: 'ci', org: 'acme', mask: false) { [1, value] }
                echo "returned: ${value}, ${more}"
                """));

        assertThat(build.console()).contains("returned: from the body, [1, from the body]");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void inner_block_cannot_take_the_directory_of_an_outer_one_in_any_spelling() {
        Build build = onNode("""
                cloudsmithOidc(service: 'ci', org: 'acme', dir: 'x') {
                    cloudsmithOidc(service: 'ci', org: 'acme', dir: 'y') {
                        for (name in ['x', 'x/', './x', 'x/.', './/x', "${env.WORKSPACE}/x", "${env.WORKSPACE}/./x//"]) {
                            try { cloudsmithOidc(service: 'ci', org: 'acme', dir: name) { } } catch (e) { echo e.message }
                        }
                        sh 'test -s x/pip.conf'
                    }
                }
                """);

        String refusal = "cloudsmithOidc: option dir: " + jenkins.workspace() + "/x is in use";
        assertThat(succeeded(build).console().lines().filter(line -> line.startsWith(refusal))).hasSize(7);
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void names_with_any_number_are_known() {
        Build build = succeeded(onNode("cloudsmithOidc(service: 'numbers', org: 'acme') { echo env.GIT_CONFIG_KEY_7 }"));

        assertThat(build.console()).contains("include.path");
    }

    @Test
    void body_has_the_options_in_one_variable_of_the_library_and_not_in_those_of_the_vendors_cli() {
        Build build = succeeded(onNode("cloudsmithOidc(service: 'ci', org: 'acme', repo: 'prod') { sh 'env | grep ^CLOUDSMITH | cut -d= -f1' }"));

        assertThat(build.console().lines().filter(line -> line.startsWith("CLOUDSMITH")))
                .containsExactlyInAnyOrder("CLOUDSMITH_OIDC_BLOCKS", "CLOUDSMITH_OIDC_LOGIN");
    }

    @Test
    void shapes_of_pipelines_leave_nothing() {
        Build build = onNode("""
                [1, 2].each {
                    try {
                        parallel(
                            a: { cloudsmithOidc(service: 'a', org: 'acme') { withEnv(['PIP_CONFIG_FILE=own']) { sh 'test "$PIP_CONFIG_FILE" = own' } } },
                            b: { cloudsmithOidc(service: 'b', org: 'acme') { cloudsmithOidc(service: 'c', org: 'acme') { cloudsmithOidc.refresh(); error 'b fails' } } })
                    } catch (e) { echo "caught: ${e.message}" }
                }
                """);

        assertThat(succeeded(build).console().lines().filter("caught: b fails"::equals)).hasSize(2);
        assertThat(leftovers()).isEmpty();
    }
}
