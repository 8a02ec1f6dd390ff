package step;

import static org.assertj.core.api.Assertions.assertThat;

import harness.Build;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest extends StepTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "service: \"${'c'}i\", org: 'acme' | CLOUDSMITH_ORG=acme CLOUDSMITH_SERVICE_SLUG=ci",
        "service: 'ci', org: 'acme', repo: 'prod', formats: ['pip'], npmScope: '@acme', inherit: true, timeout: 90,"
                + " apiHost: 'https://api.acme.com'"
                + " | CLOUDSMITH_API_HOST=https://api.acme.com CLOUDSMITH_FORMATS=pip CLOUDSMITH_INHERIT=true"
                + " CLOUDSMITH_NPM_SCOPE=@acme CLOUDSMITH_ORG=acme CLOUDSMITH_REPO=prod CLOUDSMITH_SERVICE_SLUG=ci CLOUDSMITH_TIMEOUT=90",
        "service: 'ci', org: 'acme', repo: [\"${'p'}\", 'q'], formats: ['a', 'b'], npmScope: ['@a', '@b'], inherit: false,"
                + " domains: [docker: 'docker.acme.com', 'npm:prod': 'https://n.acme.com/?a=b'],"
                + " formatOptions: ['npm.scope': ['@a', \"${'@'}b\"], 'uv.index': 'true']"
                + " | CLOUDSMITH_DOMAINS=docker=docker.acme.com,npm:prod=https://n.acme.com/?a=b"
                + " CLOUDSMITH_FORMATS=a,b CLOUDSMITH_FORMAT_OPTIONS=npm.scope=@a,npm.scope=@b,uv.index=true CLOUDSMITH_INHERIT=false"
                + " CLOUDSMITH_NPM_SCOPE=@a,@b CLOUDSMITH_ORG=acme CLOUDSMITH_REPO=p,q CLOUDSMITH_SERVICE_SLUG=ci",
        "service: 'ci', org: 'acme', formatOptions: [npm: [scope: ['@a', '@b']], uv: [index: true]]"
                + " | CLOUDSMITH_FORMAT_OPTIONS=npm.scope=@a,npm.scope=@b,uv.index=true CLOUDSMITH_ORG=acme CLOUDSMITH_SERVICE_SLUG=ci",
    })
    void the_options_that_are_given_reach_the_program_and_no_others(String options, String variables) {
        Build build = succeeded(onNode("cloudsmithOidc(" + options + ") { }"));

        assertThat(build.console().lines()).contains("program: login " + variables + " ");
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

        assertError(build, "exit code 2");
        assertThat(build.console()).contains(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "(org: 'given') | from-env | from-alias | given",
        "`` | from-env | from-alias | from-env",
        "`` | `` | from-alias | from-alias",
    })
    void an_option_takes_precedence_over_its_variable_and_that_over_its_other_name(
            String options, String variable, String alias, String org) {
        jenkins.variable("CLOUDSMITH_SERVICE_SLUG", "from-env").variable("CLOUDSMITH_ORG", variable)
                .variable("CLOUDSMITH_WORKSPACE", alias);

        Build build = succeeded(onNode("cloudsmithOidc" + options + " { echo 'in the body' }"));

        assertThat(build.console()).contains("CLOUDSMITH_ORG=" + org + " CLOUDSMITH_SERVICE_SLUG=from-env", "in the body");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "service: 1                          | service must be a text,               | '1' (Integer)",
        "org: ['acme']                       | org must be a text,                   | '[acme]' (ArrayList)",
        "credentialsId: 1                    | credentialsId must be a text,         | '1' (Integer)",
        "dir: true                           | dir must be a text,                   | 'true' (Boolean)",
        "runtime: []                         | runtime must be a text,               | '[]' (ArrayList)",
        "repo: [a: 'b']                      | repo must be a text or a list,        | '[a:b]' (LinkedHashMap)",
        "formats: true                       | formats must be a text or a list,     | 'true' (Boolean)",
        "domains: 'pip=dl.acme.com'          | domains must be a map,                | 'pip=dl.acme.com' (String)",
        "formatOptions: ['npm.scope=@a']     | formatOptions must be a map,          | '[npm.scope=@a]' (ArrayList)",
        "timeout: '60'                       | timeout must be a whole number, but it is | '60' (String)",
        "timeout: 1.5                        | timeout must be a whole number,       | '1.5' (BigDecimal)",
        "allowForks: 'true'                  | allowForks must be true or false,     | 'true' (String)",
        "mask: 'false'                       | mask must be true or false,           | 'false' (String)",
        "repo: null                          | repo must be a text or a list,        | 'null' (null)",
        "repo: ['a', null]                   | repo must be a text or a list,        | '[a, null]' (ArrayList)",
        "service: ''                         | service must be a text, and no part of it empty | '' (String)",
        "service: '  '                       | service must be a text,               | '  ' (String)",
        "repo: []                            | repo must be a text or a list,        | '[]' (ArrayList)",
        "repo: ['a', '']                     | repo must be a text or a list,        | '[a, ]' (ArrayList)",
        "domains: [:]                        | domains must be a map,                | '[:]' (LinkedHashMap)",
        "formatOptions: [npm: [:], uv: 'x']  | formatOptions must be a map,          | '[npm:[:], uv:x]' (LinkedHashMap)",
        "formatOptions: ['npm.x': [], y: 'z'] | formatOptions must be a map,         | '[npm.x:[], y:z]' (LinkedHashMap)",
        "service: \"a${'\\n'}b\"             | service must be a text,               | 'a?b' (GStringImpl)",
        "dir: 'a\\nb\\nc'                     | dir must be a text,                   | 'a?b?c' (String)",
        "apiHost: 'x\\u001b[31m'             | apiHost must be a text,               | 'x?[31m' (String)",
        "domains: [pip: 'a\\tb']             | domains must be a map,                | '[pip:a?b]' (LinkedHashMap)",
    })
    void a_value_that_cannot_be_is_refused(String option, String problem, String shown) {
        jenkins.variable("CLOUDSMITH_SERVICE_SLUG", "ci").variable("CLOUDSMITH_ORG", "acme");

        Build build = onNode("cloudsmithOidc(" + option + ") { echo 'in the body' }");

        assertError(build, "option " + problem, "but it is " + shown);
        assertThat(build.steps()).doesNotContain("sh", "withCredentials", "echo");
    }
}
