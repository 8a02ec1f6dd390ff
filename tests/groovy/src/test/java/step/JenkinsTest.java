package step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import harness.Build;
import org.jenkinsci.plugins.scriptsecurity.sandbox.RejectedAccessException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stand-in for Jenkins does what Jenkins was seen to do, where the other tests rest on it. */
class JenkinsTest extends StepTest {
    @ParameterizedTest
    @ValueSource(strings = {
        "throw new IllegalArgumentException('x')",
        "new groovy.json.JsonSlurperClassic()",
        "System.getenv('PATH')",
        "env.getEnvironment()",
        "env['X'] = 'y'",
        "echo env['X']",
        "'id'.execute()",
        "getBinding()",
        "''.class.classLoader",
        "['x'].each { System.getenv('PATH') }",
    })
    void the_sandbox_refuses(String call) {
        Build build = onNode(call);

        assertThat(build.failure()).as(build.console()).isInstanceOf(RejectedAccessException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "echo UUID.randomUUID().toString()",
        "echo(['x'].collect { it + 'y' }.findAll { it }.join(','))",
        "echo(['x'].any { it } && ['x'].every { it } ? 'yes' : 'no')",
        "'a\\nb'.readLines().each { line -> echo line.split(',')[0] }",
        "if ('x' ==~ /y/ || 'x' instanceof String) { echo 'yes' }",
        "Set rest = [a: 1, b: 2].keySet() - [a: 1].keySet(); echo rest.join(',')",
        "env.X = 'y'; echo env.X",
        "try { error 'x' } catch (e) { echo e.message }",
        "echo libraryResource('cloudsmith/oidc/cloudsmith-oidc.sh').trim()",
        "if (isUnix()) { echo 'yes' }",
    })
    void the_sandbox_allows(String call) {
        assertThat(succeeded(onNode(call)).console()).isNotEmpty();
    }

    @Test
    void a_trusted_library_is_outside_the_sandbox_and_the_pipeline_is_not() {
        jenkins.trusted();

        assertThat(onNode("System.getenv('PATH')").failure()).isInstanceOf(RejectedAccessException.class);
    }

    @Test
    void a_variable_that_cannot_be_saved_does_not_survive_the_next_step() {
        assertThatThrownBy(() -> onNode("def matcher = 'x' =~ /x/; echo 'a step'; echo \"${matcher}\""))
                .hasMessageContaining("does not survive a restart").hasMessageContaining("java.util.regex.Matcher");
    }

    @Test
    void branches_take_turns_and_the_first_failure_is_the_one_of_all() {
        Build build = run("parallel(a: { echo 'a'; echo 'a'; error 'a fails' }, b: { echo 'b'; echo 'b'; echo 'b'; error 'b fails' })");

        assertThat(build.failure()).hasMessage("a fails");
        assertThat(build.console().replace("\n", "")).isIn("ababb", "babab");
    }

    @Test
    void withEnv_is_for_its_branch_and_env_for_the_build() {
        Build build = succeeded(run("""
                parallel(
                    a: { withEnv(['X=a']) { echo "a ${env.X}"; env.Y = 'all'; echo "a ${env.X}" } },
                    b: { withEnv(['X=b']) { echo "b ${env.X}"; echo "b ${env.X}" } })
                withEnv(['Y=']) { echo "${env.X} ${env.Y}" }
                echo "${env.X} ${env.Y}"
                """));

        assertThat(build.console().lines()).containsExactlyInAnyOrder("a a", "a a", "b b", "b b", "null null", "null all");
    }

    @Test
    void a_variable_set_to_nothing_is_empty_in_the_pipeline_and_unset_in_processes() {
        Build build = succeeded(onNode("env.X = ''; sh 'echo \"in sh ${X-unset}\"'; echo \"in env '${env.X}'\""));

        assertThat(build.console()).contains("in sh unset", "in env ''");
    }
}
