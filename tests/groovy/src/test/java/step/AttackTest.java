package step;

import static org.assertj.core.api.Assertions.assertThat;

import harness.Build;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What code of the build may leave behind for the step's next call. */
class AttackTest extends StepTest {
    private static List<String> seen(Build build) {
        return build.console().lines().filter(line -> line.startsWith("program sees: ")).map(line -> line.substring(14).trim())
                .toList();
    }

    @Test
    void a_variable_that_no_login_sets_is_refused_and_set_nowhere() {
        Build build = onNode("""
                try { cloudsmithOidc(service: 'changed', org: 'acme') { echo 'in the body' } } catch (e) { echo "first: ${e.message}" }
                try { cloudsmithOidc(service: 'changed', org: 'acme') } catch (e) { echo "second: ${e.message}" }
                sh 'echo "PATH is $PATH"'
                """);

        assertThat(succeeded(build).console())
                .contains("first: cloudsmithOidc: something on the node has added variables to the login's: PATH",
                        "second: cloudsmithOidc: something on the node has added variables to the login's: PATH",
                        "PATH is " + jenkins.workspace().getParent().getParent() + "/bin:/usr/bin:/bin")
                .doesNotContain("in the body");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void a_login_whose_record_the_build_deletes_is_removed_all_the_same() {
        succeeded(onNode("cloudsmithOidc(" + LOGIN + ") { sh 'cd \"${PIP_CONFIG_FILE%/*}\" && rm login.json && mkdir more' }"));

        assertThat(leftovers()).isEmpty();
    }

    @Test
    void the_engine_is_called_with_its_configuration_from_before_the_first_login() {
        String engines = jenkins.workspace().getParent().toString();
        jenkins.variable("DOCKER_CONFIG", engines);

        Build build = succeeded(onNode("""
                cloudsmithOidc(service: 'outer', org: 'acme') {
                    sh 'test "$DOCKER_CONFIG" != "${WORKSPACE%/*}"'
                    cloudsmithOidc.refresh()
                    cloudsmithOidc(service: 'inner', org: 'acme') { cloudsmithOidc.refresh() }
                }
                cloudsmithOidc(service: 'statement', org: 'acme')
                cloudsmithOidc(service: 'another', org: 'acme')
                cloudsmithOidc.refresh()
                cloudsmithOidc.cleanup()
                """));

        assertThat(seen(build)).hasSize(7).containsOnly("DOCKER_CONFIG=" + engines);
    }

    @Test
    void where_the_engine_has_no_configuration_of_its_own_it_gets_none_of_a_login() {
        assertThat(seen(succeeded(onNode("cloudsmithOidc(" + LOGIN + ") { cloudsmithOidc.refresh() }")))).containsExactly("", "");
    }

    @Test
    void what_would_load_code_into_the_program_does_not_reach_it() {
        Build build = succeeded(onNode("""
                withEnv(['LD_PRELOAD=planted.so', 'LD_LIBRARY_PATH=.', 'PYTHONPATH=.', 'TAR_OPTIONS=--to-command=planted']) {
                    cloudsmithOidc(service: 'ci', org: 'acme') { }
                }
                """));

        assertThat(seen(build)).containsExactly("");
        assertThat(build.console()).doesNotContain("object 'planted.so'"); // what ld.so says of it
    }

    @Test
    void a_body_that_puts_a_link_on_the_way_cannot_have_anything_else_removed() {
        Build build = succeeded(onNode("""
                cloudsmithOidc(service: 'ci', org: 'acme', dir: 'build/login') {
                    sh 'mkdir -p ../precious/login; mv build away; ln -s ../precious build'
                }
                sh 'rm build; rmdir ../precious/login ../precious; rm -r away'
                """));

        assertThat(build.console()).contains("may still hold a Cloudsmith token");
        assertThat(leftovers()).isEmpty();
    }
}
