package step;

import static org.assertj.core.api.Assertions.assertThat;

import harness.Build;
import org.junit.jupiter.api.Test;

class RefreshTest extends StepTest {
    private static final String DIFFERENT =
            "sh 'cp \"$NETRC\" before'\ncloudsmithOidc.refresh()\nsh '! cmp \"$NETRC\" before; rm before'\n";

    @Test
    void in_a_block_the_same_files_get_fresh_tokens_by_a_fresh_id_token() {
        Build build = succeeded(onNode("cloudsmithOidc(" + LOGIN + ", repo: ['a', 'b'], timeout: 9) {\n" + DIFFERENT + "}"));

        assertThat(build.console()).contains("differ").containsOnlyOnce("program: told of a refresh")
                .containsOnlyOnce("cloudsmithOidc: the files are new: what docker login, npm config set or helm repo add wrote there is gone");
        assertThat(build.console().lines().filter(line -> line.startsWith("program: login"))).hasSize(2)
                .containsOnly("program: login CLOUDSMITH_ORG=acme CLOUDSMITH_REPO=a,b CLOUDSMITH_SERVICE_SLUG=ci CLOUDSMITH_TIMEOUT=9 ");
        assertThat(jenkins.idTokens()).hasSize(2).doesNotHaveDuplicates();
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void after_a_statement_too() {
        Build build = succeeded(onNode("cloudsmithOidc(" + LOGIN + ")\n" + DIFFERENT + "cloudsmithOidc.cleanup()"));

        assertThat(build.console()).contains("differ");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void the_settings_are_those_of_the_login_wherever_it_is_called() {
        Build build = succeeded(onNode("""
                withEnv(['CLOUDSMITH_ORG=acme', 'CLOUDSMITH_REPO=prod']) { cloudsmithOidc(service: 'ci') }
                cloudsmithOidc.refresh()
                cloudsmithOidc.cleanup()
                """));

        assertThat(build.console().lines().filter(line -> line.startsWith("program: login"))).hasSize(2)
                .containsOnly("program: login CLOUDSMITH_ORG=acme CLOUDSMITH_REPO=prod CLOUDSMITH_SERVICE_SLUG=ci ");
    }

    @Test
    void no_character_in_a_setting_gets_lost() {
        Build build = succeeded(onNode("""
                cloudsmithOidc(service: 'c i&x=y%41+z', org: 'acme', dir: 'a&b=c %41+d') { cloudsmithOidc.refresh() }
                """));

        assertThat(build.console().lines().filter(line -> line.startsWith("program: login"))).hasSize(2)
                .containsOnly("program: login CLOUDSMITH_ORG=acme CLOUDSMITH_SERVICE_SLUG=c i&x=y%41+z ");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void it_is_masked_as_the_login_was() {
        assertThat(succeeded(onNode("cloudsmithOidc(" + LOGIN + ") { cloudsmithOidc.refresh() }")).count("maskPasswords"))
                .isEqualTo(2);
        assertThat(succeeded(onNode("cloudsmithOidc(" + LOGIN + ", mask: false) { cloudsmithOidc.refresh() }")).count("maskPasswords"))
                .isZero();
    }

    @Test
    void in_nested_blocks_the_inner_one_is_meant() {
        Build build = succeeded(onNode("""
                cloudsmithOidc(service: 'outer', org: 'acme') {
                    cloudsmithOidc(service: 'inner', org: 'acme') { cloudsmithOidc.refresh() }
                    cloudsmithOidc.refresh()
                }
                """));

        assertThat(build.console().lines().filter(line -> line.startsWith("program: login"))
                .map(line -> line.replaceAll(".*SLUG=(\\w+) ", "$1"))).containsExactly("outer", "inner", "inner", "outer");
    }

    @Test
    void when_it_fails_the_old_files_stay() {
        Build build = succeeded(onNode("""
                cloudsmithOidc(service: 'ci', org: 'acme') {
                    sh 'cp "$NETRC" before; mv "$WORKSPACE/../../bin/cloudsmith-oidc" hidden'
                    try { cloudsmithOidc.refresh() } catch (e) { echo "caught: ${e.message}" }
                    sh 'cmp "$NETRC" before; rm before hidden'
                }
                """));

        assertThat(build.console()).contains("caught: cloudsmithOidc: login failed: script returned exit code");
        assertThat(leftovers()).isEmpty();
    }
}
