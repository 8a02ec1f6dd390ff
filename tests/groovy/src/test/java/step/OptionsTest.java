package step;

import static org.assertj.core.api.Assertions.assertThat;

import harness.Build;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest extends StepTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "service: 'x', org: 'acme'                          | CLOUDSMITH_SERVICE_SLUG=x",
        "service: 'ci', org: 'x'                            | CLOUDSMITH_ORG=x",
        "service: 'ci', org: 'acme', repo: 'prod'           | CLOUDSMITH_REPO=prod",
        "service: 'ci', org: 'acme', repo: ['prod', 'dev']  | CLOUDSMITH_REPO=prod,dev",
        "service: 'ci', org: 'acme', formats: ['pip']       | CLOUDSMITH_FORMATS=pip",
        "service: 'ci', org: 'acme', formats: ['a', 'b']    | CLOUDSMITH_FORMATS=a,b",
        "service: 'ci', org: 'acme', npmScope: '@acme'      | CLOUDSMITH_NPM_SCOPE=@acme",
        "service: 'ci', org: 'acme', npmScope: ['@a', '@b'] | CLOUDSMITH_NPM_SCOPE=@a,@b",
        "service: 'ci', org: 'acme', domains: [docker: 'docker.acme.com', 'npm:prod': 'https://n.acme.com/?a=b']"
                + " | CLOUDSMITH_DOMAINS=docker=docker.acme.com,npm:prod=https://n.acme.com/?a=b",
        "service: 'ci', org: 'acme', formatOptions: ['npm.scope': '@a', 'uv.index': 'true']"
                + " | CLOUDSMITH_FORMAT_OPTIONS=npm.scope=@a,uv.index=true",
        "service: 'ci', org: 'acme', formatOptions: ['npm.scope': ['@a', \"${'@'}b\"]] | CLOUDSMITH_FORMAT_OPTIONS=npm.scope=@a,npm.scope=@b",
        "service: 'ci', org: 'acme', formatOptions: [npm: [scope: ['@a', '@b']], uv: [index: true]]"
                + " | CLOUDSMITH_FORMAT_OPTIONS=npm.scope=@a,npm.scope=@b,uv.index=true",
        "service: 'ci', org: 'acme', inherit: true          | CLOUDSMITH_INHERIT=true",
        "service: 'ci', org: 'acme', inherit: false         | CLOUDSMITH_INHERIT=false",
        "service: 'ci', org: 'acme', apiHost: 'https://api.acme.com' | CLOUDSMITH_API_HOST=https://api.acme.com",
        "service: 'ci', org: 'acme', timeout: 90            | CLOUDSMITH_TIMEOUT=90",
        "service: \"${'c'}i\", org: 'acme'                  | CLOUDSMITH_SERVICE_SLUG=ci",
        "service: 'ci', org: 'acme', repo: [\"${'p'}\", 'q'] | CLOUDSMITH_REPO=p,q",
    })
    void an_option_reaches_the_program(String options, String variable) {
        Build build = succeeded(onNode("cloudsmithOidc(" + options + ") { }"));

        assertThat(build.console()).contains(variable + " ");
    }

    /** These the launcher keeps to itself: its refusal shows that they arrived. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "runtime: 'submarine'                       | CLOUDSMITH_OIDC_RUNTIME is 'submarine'",
        "runtime: 'docker', image: 'nowhere/none:1' | docker",
    })
    void an_option_reaches_the_launcher(String option, String message) {
        jenkins.variable("PATH", jenkins.workspace().getParent().resolveSibling("bin") + ":/usr/bin:/bin");

        Build build = onNode("cloudsmithOidc(" + LOGIN + ", " + option + ") { }");

        assertError(build, "exit code 2 (wrong usage or settings)");
        assertThat(build.console()).contains(message);
    }

    @Test
    void what_is_not_given_is_left_to_the_program() {
        Build build = succeeded(onNode("cloudsmithOidc(" + LOGIN + ") { }"));

        assertThat(build.console()).contains("program: login CLOUDSMITH_ORG=acme CLOUDSMITH_SERVICE_SLUG=ci \n".trim());
    }

    @Test
    void an_option_goes_before_its_variable() {
        jenkins.variable("CLOUDSMITH_ORG", "from-env").variable("CLOUDSMITH_WORKSPACE", "from-alias");

        Build build = succeeded(onNode("cloudsmithOidc(service: 'ci', org: 'given') { }"));

        assertThat(build.console()).contains("CLOUDSMITH_ORG=given ");
    }

    @Test
    void a_variable_goes_before_its_other_name() {
        jenkins.variable("CLOUDSMITH_ORG", "from-env").variable("CLOUDSMITH_WORKSPACE", "from-alias");

        Build build = succeeded(onNode("cloudsmithOidc(service: 'ci') { }"));

        assertThat(build.console()).contains("CLOUDSMITH_ORG=from-env ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "org: 'acme'   | option service is missing | a service account slug          | CLOUDSMITH_SERVICE_SLUG",
        "service: 'ci' | option org is missing     | a Cloudsmith workspace          | CLOUDSMITH_ORG",
    })
    void a_required_option_that_is_missing_is_named(String options, String problem, String allowed, String variable) {
        Build build = onNode("cloudsmithOidc(" + options + ") { echo 'in the body' }");

        assertError(build, problem, allowed, variable);
        assertThat(build.steps()).doesNotContain("sh", "withCredentials", "echo");
    }

    @Test
    void an_unknown_option_is_refused_with_those_that_there_are() {
        Build build = onNode("cloudsmithOidc(service: 'ci', org: 'acme', repos: ['a'], Mask: false) { }");

        assertError(build, "unknown option repos, Mask", "allowed: service, org, repo, formats, credentialsId, npmScope, "
                + "domains, dir, runtime, image, network, apiHost, timeout, allowForks, mask");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "service: 1                     | option service was given '1' (Integer), which is of another type; allowed: a service",
        "org: ['acme']                  | option org was given '[acme]' (ArrayList), which is of another type; allowed: a Cloud",
        "repo: [a: 'b']                 | option repo was given '[a:b]' (LinkedHashMap), which is of another type; allowed: a r",
        "repo: ['a', 1]                 | option repo was given '[a, 1]' (ArrayList), which is of another type",
        "formats: true                  | option formats was given 'true' (Boolean), which is of another type; allowed: a pac",
        "credentialsId: 1               | option credentialsId was given '1' (Integer), which is of another type; allowed: an \"",
        "npmScope: 1                    | option npmScope was given '1' (Integer), which is of another type; allowed: an npm sc",
        "domains: 'pip=dl.acme.com'     | option domains was given 'pip=dl.acme.com' (String), which is of another type; allow",
        "domains: [pip: 1]              | option domains was given '[pip:1]' (LinkedHashMap), which is of another type",
        "dir: true                      | option dir was given 'true' (Boolean), which is of another type; allowed: a directory",
        "runtime: []                    | option runtime was given '[]' (ArrayList), which is of another type; allowed: 'auto',",
        "image: 1                       | option image was given '1' (Integer), which is of another type; allowed: a container ",
        "network: true                  | option network was given 'true' (Boolean), which is of another type; allowed: a cont",
        "apiHost: 443                   | option apiHost was given '443' (Integer), which is of another type; allowed: the addr",
        "timeout: '60'                  | option timeout was given '60' (String), which is of another type; allowed: a whole n",
        "timeout: 1.5                   | option timeout was given '1.5' (BigDecimal), which is of another type",
        "allowForks: 'true'             | option allowForks was given 'true' (String), which is of another type; allowed: true",
        "mask: 'false'                  | option mask was given 'false' (String), which is of another type; allowed: true or f",
        "formatOptions: 'npm.scope=@a'  | option formatOptions was given 'npm.scope=@a' (String), which is of another type; allowed: a map",
        "formatOptions: ['npm.x': 1]    | option formatOptions was given '[npm.x:1]' (LinkedHashMap), which is of another type",
        "formatOptions: ['npm.x': []]   | option formatOptions was given '[npm.x:[]]' (LinkedHashMap), which is of another type",
        "formatOptions: [npm: [x: [y: 'z']]] | option formatOptions was given '[npm:[x:[y:z]]]' (LinkedHashMap), which is of another",
        "formatOptions: [npm: [:]]      | option formatOptions was given '[npm:[:]]' (LinkedHashMap), in which something is missing",
        "formatOptions: ['npm.x': 'a,uv.index=true'] | option formatOptions was given '[npm.x:a,uv.index=true]' (LinkedHashMap), in which there is a comma",
        "inherit: 'true'                | option inherit was given 'true' (String), which is of another type; allowed: true or false",
        "repo: null                     | option repo was given null, which is nothing; allowed: a repository slug",
        "service: ''                    | option service was given '' (String), in which something is missing; allowed: a serv",
        "service: '  '                  | option service was given '  ' (String), in which something is missing",
        "repo: []                       | option repo was given '[]' (ArrayList), in which something is missing",
        "repo: ['a', '']                | option repo was given '[a, ]' (ArrayList), in which something is missing",
        "domains: [:]                   | option domains was given '[:]' (LinkedHashMap), in which something is missing",
        "repo: 'a,b'                    | option repo was given 'a,b' (String), in which there is a comma",
        "npmScope: ['@a,@b']            | option npmScope was given '[@a,@b]' (ArrayList), in which there is a comma",
        "domains: [pip: 'a,npm=b']      | option domains was given '[pip:a,npm=b]' (LinkedHashMap), in which there is a comma",
        "service: \"a${'\\n'}b\"        | option service was given 'a?b' (GStringImpl), in which there is a control character",
        "dir: 'a\\nb\\nc'                | option dir was given 'a?b?c' (String), in which there is a control character",
        "apiHost: 'x\\u001b[31m'        | option apiHost was given 'x?[31m' (String), in which there is a control character",
        "domains: [pip: 'a\\tb']        | option domains was given '[pip:a?b]' (LinkedHashMap), in which there is a control ch",
    })
    void a_value_that_cannot_be_is_refused(String option, String message) {
        jenkins.variable("CLOUDSMITH_SERVICE_SLUG", "ci").variable("CLOUDSMITH_ORG", "acme");

        Build build = onNode("cloudsmithOidc(" + option + ") { echo 'in the body' }");

        assertError(build, message);
        assertThat(build.steps()).doesNotContain("sh", "withCredentials", "echo");
    }

    @Test
    void an_option_without_a_name_is_one_error() {
        assertError(onNode("cloudsmithOidc('ci')"), "options have names", "'ci'");
    }
}
