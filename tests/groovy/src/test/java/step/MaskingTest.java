package step;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import harness.Build;
import harness.Controller.MaskPasswords;
import harness.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MaskingTest extends StepTest {
    private static final String PRINTING = """
            sh 'cp "$NETRC" stolen; cat "$NETRC" "$NPM_CONFIG_USERCONFIG" "$DOCKER_CONFIG/config.json"; env'
            sh 'sed -n "s|password |https://token:|p" "$NETRC"'
            """;
    private static final byte[] LINE_BREAK = {'\r', '\n'};
    private static final String JWT = "eyJ[\\w-]+\\.eyJ[\\w-]+";

    private String cloudsmithToken() throws IOException {
        return Files.readString(jenkins.workspace().resolve("stolen")).replaceAll("(?s).*password (.*)\n", "$1");
    }

    @Test
    void what_a_body_prints_shows_no_token() throws IOException {
        Build build = succeeded(onNode("cloudsmithOidc(" + LOGIN + ") { " + PRINTING + " }"));

        assertThat(cloudsmithToken()).matches(JWT + ".*");
        assertThat(build.console()).contains("password ****", "https://token:****", "_authToken=****", "\"auth\": \"****\"")
                .doesNotContain(cloudsmithToken(), jenkins.idTokens().get(0)).doesNotContainPattern(JWT);
    }

    @Test
    void without_the_option_nothing_is_wrapped() throws IOException {
        Build build = succeeded(onNode("cloudsmithOidc(" + LOGIN + ", mask: false) { " + PRINTING + " }"));

        assertThat(build.console()).contains(cloudsmithToken()).doesNotContain("cloudsmithOidc: ");
        assertThat(build.steps()).doesNotContain("maskPasswords");
    }

    @ParameterizedTest
    @EnumSource(names = "CURRENT", mode = EnumSource.Mode.EXCLUDE)
    void a_plugin_that_is_missing_or_too_old_is_reported_once_and_the_build_goes_on(MaskPasswords plugin) {
        jenkins.maskPasswords(plugin);

        Build build = succeeded(onNode("""
                cloudsmithOidc(service: 'a', org: 'acme') { cloudsmithOidc(service: 'b', org: 'acme') { echo 'inner body' } }
                cloudsmithOidc(service: 'c', org: 'acme')
                cloudsmithOidc.refresh()
                cloudsmithOidc.cleanup()
                parallel(a: { cloudsmithOidc(service: 'd', org: 'acme') { } }, b: { cloudsmithOidc(service: 'e', org: 'acme') { } })
                """));

        assertThat(build.console()).containsOnlyOnce("are not masked: there is no plugin Mask Passwords 173 or newer");
        assertThat(build.console()).containsOnlyOnce("inner body");
        assertThat(leftovers()).isEmpty();
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
        jenkins.failAt("maskPasswords", 1, FlowInterruptedException::new);

        Build build = onNode("cloudsmithOidc(" + LOGIN + ") { echo 'in the body' }");

        assertThat(build.failure()).isInstanceOf(FlowInterruptedException.class);
        assertThat(build.console()).doesNotContain("in the body", "Mask Passwords 173");
    }

    @Test
    void around_a_statement_only_the_exchange_is_masked() {
        Build build = succeeded(onNode("cloudsmithOidc(" + LOGIN + ")\necho 'after'"));

        assertThat(build.steps()).containsSubsequence("maskPasswords", "withCredentials", "sh", "echo")
                .containsOnlyOnce("maskPasswords");
    }

    /** The ways in which clients and tools write a token without wanting to hide it. */
    static Stream<String> forms() {
        return Stream.of("{\"typ\":\"JWT\",\"alg\":\"RS256\"}", "{ \"alg\": \"RS256\" }", "{\n\"alg\":\"RS256\"}", "{\r\n\"alg\":\"RS256\"}")
                .map(Tokens::mint)
                .flatMap(token -> Stream.concat(
                        Stream.of(token, "https://token:" + token + "@dl.example.com/", token.replace(".", "%2E"),
                                token.replace(".", "%2e"), token.replace(".", "\\u002e")),
                        Stream.of("", ":", "token:", "__token__:", "//npm.example.com/:_authToken=", "registry=https://npm.example.com/\n_authToken=")
                                .flatMap(before -> Stream.of(Base64.getEncoder(), Base64.getUrlEncoder().withoutPadding(),
                                        Base64.getMimeEncoder(), Base64.getMimeEncoder(64, LINE_BREAK)).map(encoder -> encoder.encodeToString((before + token).getBytes(UTF_8))))));
    }

    @Test
    void a_token_is_masked_in_every_form_in_which_it_is_printed_by_accident() throws IOException {
        List<String> forms = forms().toList();
        String console = printed(forms.stream().map(form -> "before " + form).toList());

        for (String form : forms) {
            // Of a wrapped text, the first line can show the header, and the last one a few characters of the signature.
            List<String> lines = form.lines().toList();
            for (String line : lines.size() == 1 ? lines : lines.subList(1, lines.size() - 1)) {
                String end = line.substring(line.indexOf('@') > 0 ? line.indexOf('@') - 30 : line.length() - 30);
                assertThat(console.contains(end.substring(0, 24))).as(form).isFalse();
            }
        }
        assertThat(console.lines().filter(line -> line.startsWith("before "))).hasSize(forms.size());
        assertThat(console).contains("****");
    }

    @Test
    void a_line_of_a_megabyte_holds_no_build() throws IOException {
        Stream<String> parts = Stream.of("eyJ", "ZXlK", "eyJaaaaaaaa.eyJ", "eyJaaaaaaaa.", "e", "GV5S", "9leUo", "A", "A ", "%2E",
                "LCAB", "LCABLCABLCABLCABLCABLCAB$ ", "eyJaaaaaaaa.ewaaaaaaaa.aaaaaaa ");

        assertThat(printed(parts.map(part -> part.repeat(1_000_000 / part.length())).toList())).contains("the end");
    }

    @Test
    void what_is_no_token_stays_readable() throws IOException {
        List<String> lines = List.of("sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "Downloading https://dl.cloudsmith.io/basic/acme/prod/python/simple/acme-hello/", "eyJ is how a token begins",
                "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a089f86d081884c", // 76 characters, as are the next
                "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwx",
                "AbstractSingletonProxyFactoryBeanAbstractSingletonProxyFactoryBeanForTheTest",
                "============================================================================",
                "opt/java/lib/security/blacklisted/certs/usr/share/doc/packages/maven/changes",
                "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==");

        assertThat(printed(lines).lines()).containsAll(lines);
    }

    /** What the console shows if a body prints these lines. */
    private String printed(List<String> lines) throws IOException {
        Files.write(jenkins.workspace().resolve("lines"), lines);
        return succeeded(onNode("cloudsmithOidc(" + LOGIN + ") { sh 'cat lines; rm lines; echo the end' }")).console();
    }
}
