package step;

import static org.assertj.core.api.Assertions.assertThat;

import harness.Build;
import org.junit.jupiter.api.Test;

class StatementFormTest extends StepTest {
    private static final String CONFIGURED =
            "sh 'test -s \"$PIP_CONFIG_FILE\" && test -s \"$NPM_CONFIG_USERCONFIG\" && test -s \"$DOCKER_CONFIG/config.json\"'\n";
    private static final String NOT_CONFIGURED =
            "sh 'echo \"left: ${PIP_CONFIG_FILE-}${NPM_CONFIG_USERCONFIG-}${DOCKER_CONFIG-}${NETRC-}${CLOUDSMITH_OIDC_LOGINS-}.\"'\n";

    @Test
    void the_clients_stay_configured_until_cleanup() {
        Build build = succeeded(onNode("cloudsmithOidc(" + LOGIN + ")\n" + CONFIGURED + "cloudsmithOidc.cleanup()\n" + NOT_CONFIGURED));

        assertThat(build.console()).contains("left: .");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void it_costs_one_sh_and_one_binding() {
        Build build = succeeded(onNode("cloudsmithOidc(" + LOGIN + ")"));

        assertThat(build.steps()).containsExactly("node", "isUnix", "libraryResource", "maskPasswords",
                "withCredentials", "libraryResource", "withEnv", "sh", "libraryResource");
    }

    @Test
    void what_it_sets_holds_no_secret() {
        Build build = succeeded(onNode("cloudsmithOidc(" + LOGIN + ")"));

        assertThat(build.environment().keySet()).containsExactlyInAnyOrder("PIP_CONFIG_FILE", "NPM_CONFIG_USERCONFIG",
                "DOCKER_CONFIG", "NETRC", "CLOUDSMITH_OIDC_LOGIN", "CLOUDSMITH_OIDC_LOGINS", "CLOUDSMITH_OIDC_VARIABLES");
        assertThat(build.environment().toString()).doesNotContain("eyJ");
    }

    @Test
    void cleanup_removes_the_directories_of_all_statements_with_one_sh_each() {
        Build build = succeeded(onNode("""
                cloudsmithOidc(service: 'a', org: 'acme', dir: 'first')
                cloudsmithOidc(service: 'b', org: 'acme', dir: 'second')
                cloudsmithOidc(service: 'c', org: 'acme', dir: 'second')
                sh 'echo "at: $PIP_CONFIG_FILE"; ls -d first second'
                cloudsmithOidc.cleanup()
                """ + NOT_CONFIGURED));

        assertThat(build.console()).contains("at: " + jenkins.workspace() + "/second/pip.conf", "left: .");
        assertThat(build.count("sh")).isEqualTo(7);
        assertThat(leftovers()).isEmpty();
    }

    /** Unset and not empty: some clients fail at a variable that is empty, such as uv at an empty URL. */
    @Test
    void cleanup_unsets_the_variables_of_logins_and_keeps_others() {
        Build build = succeeded(onNode("""
                env.PIP_CONFIG_FILE = '/etc/pip.conf'
                env.GOPROXY = 'direct'
                cloudsmithOidc(service: 'url', org: 'acme')
                sh 'echo "inside: $UV_PUBLISH_URL"'
                cloudsmithOidc.cleanup()
                sh 'env | grep -E "^(UV_|NETRC|GOPROXY|CLOUDSMITH)|CONFIG" | sed "s/^/left: /"'
                """));

        assertThat(build.console()).contains("inside: https://python.example.com/");
        assertThat(build.console().lines().filter(line -> line.startsWith("left: "))).containsExactly("left: GOPROXY=direct");
    }

    /** Of a client that no variable leads anywhere. */
    @Test
    void a_login_that_sets_no_variable_is_cleaned_up_too() {
        Build build = succeeded(onNode("""
                cloudsmithOidc(service: 'nothing', org: 'acme', dir: 'same')
                sh 'ls same'
                cloudsmithOidc.cleanup()
                """));

        assertThat(build.console()).contains("login.json");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void cleanup_in_the_reverse_order_of_the_logins() {
        Build build = onNode("""
                cloudsmithOidc(service: 'a', org: 'acme', dir: 'first')
                cloudsmithOidc(service: 'b', org: 'acme', dir: 'second')
                sh 'rm -r first second; ln -s nowhere first; ln -s nowhere second'
                cloudsmithOidc.cleanup()
                """);

        assertThat(succeeded(build).console()).containsSubsequence("/second may still hold", "/first may still hold");
    }

    @Test
    void cleanup_and_refresh_on_another_node_say_where_to_go_and_forget_nothing() {
        Build build = succeeded(onNode("""
                cloudsmithOidc(service: 'a', org: 'acme', dir: 'here')
                withEnv(['NODE_NAME=elsewhere']) {
                    cloudsmithOidc.cleanup()
                    try { cloudsmithOidc.refresh() } catch (e) { echo e.message }
                }
                sh 'test -s "$PIP_CONFIG_FILE"'
                cloudsmithOidc.cleanup()
                """ + NOT_CONFIGURED));

        assertThat(build.console()).contains("cleanup() leaves agent=" + jenkins.workspace() + "/here", "nothing to refresh on this node", "left: .");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void a_directory_in_use_is_refused_before_anything_happens() {
        assertError(onNode("cloudsmithOidc(" + LOGIN + ", dir: 'same') { cloudsmithOidc(" + LOGIN + ", dir: 'same') { } }"),
                "dir", "/same is in use");
        assertError(onNode("cloudsmithOidc(" + LOGIN + ", dir: 'same') { cloudsmithOidc(" + LOGIN + ", dir: 'same') }"),
                "dir", "/same is in use");
        Build build = onNode("cloudsmithOidc(" + LOGIN + ", dir: 'same')\n"
                + "try { cloudsmithOidc(" + LOGIN + ", dir: 'same') { } } finally { sh 'test -s \"$PIP_CONFIG_FILE\" && echo kept' }");
        assertError(build, "/same is in use");
        assertThat(build.console()).contains("kept");
    }

    @Test
    void cleanup_with_nothing_to_clean_is_harmless_anywhere() {
        assertThat(succeeded(onNode("cloudsmithOidc.cleanup()")).steps()).containsExactly("node");
        assertThat(succeeded(run("cloudsmithOidc.cleanup()")).steps()).isEmpty();
        assertThat(succeeded(onNode("cloudsmithOidc(" + LOGIN + ")\ncloudsmithOidc.cleanup()\ncloudsmithOidc.cleanup()")).count("sh"))
                .isEqualTo(2);
    }

    @Test
    void cleanup_outside_node_says_what_it_leaves() {
        Build build = succeeded(run("node { cloudsmithOidc(service: 'ci', org: 'acme', dir: 'here') }\ncloudsmithOidc.cleanup()"));

        assertThat(build.console()).contains("cleanup() leaves agent=" + jenkins.workspace() + "/here");
    }

    @Test
    void cleanup_inside_a_block_leaves_the_block_alone() {
        succeeded(onNode("""
                cloudsmithOidc(service: 'a', org: 'acme')
                cloudsmithOidc(service: 'b', org: 'acme') {
                    cloudsmithOidc.cleanup()
                    sh 'test -s "$PIP_CONFIG_FILE"'
                    cloudsmithOidc.refresh()
                }
                """));

        assertThat(leftovers()).isEmpty();
    }

    @Test
    void a_refused_login_cleans_up_at_once() {
        Build build = onNode("cloudsmithOidc(service: 'refused', org: 'acme')");

        assertError(build, "exit code 4");
        assertThat(build.environment().values()).allMatch(String::isEmpty);
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void a_refused_login_leaves_an_earlier_one_as_it_was() {
        succeeded(onNode("""
                cloudsmithOidc(service: 'ci', org: 'acme', dir: 'same')
                try { cloudsmithOidc(service: 'refused', org: 'acme', dir: 'same') } catch (e) { echo e.message }
                try { cloudsmithOidc(service: 'refused', org: 'acme', dir: 'other') } catch (e) { echo e.message }
                """ + CONFIGURED + "cloudsmithOidc.refresh()\ncloudsmithOidc.cleanup()"));

        assertThat(leftovers()).isEmpty();
    }

    @Test
    void where_a_surrounding_block_hides_what_it_sets_it_says_so_and_leaves_nothing() {
        Build build = onNode("withEnv(['PIP_CONFIG_FILE=/etc/pip.conf']) { cloudsmithOidc(" + LOGIN + ") }");

        assertError(build, "sets PIP_CONFIG_FILE", "use the block form");
        assertThat(build.environment().values()).allMatch(String::isEmpty);
        assertThat(leftovers()).isEmpty();
    }

    /** Its variables are those of the build. So parallel branches with logins of their own want blocks. */
    @Test
    void a_statement_in_one_branch_changes_the_clients_of_the_others() {
        Build build = succeeded(onNode("""
                parallel(
                    a: { cloudsmithOidc(service: 'a', org: 'acme', dir: 'a') },
                    b: { cloudsmithOidc(service: 'b', org: 'acme', dir: 'b') })
                parallel(a: { sh 'echo "in a: $PIP_CONFIG_FILE"' }, b: { sh 'echo "in b: $PIP_CONFIG_FILE"' })
                cloudsmithOidc.cleanup()
                """));

        assertThat(build.console().lines().filter(line -> line.startsWith("in ")).map(line -> line.substring(6)).distinct())
                .hasSize(1);
        assertThat(leftovers()).isEmpty();
    }
}
