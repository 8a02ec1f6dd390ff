package step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import harness.Compiled;
import harness.Declarative;
import harness.Markdown;
import java.util.List;
import org.codehaus.groovy.control.MultipleCompilationErrorsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The Groovy that README.md and docs/ show. */
class SnippetsTest {
    static List<Markdown.Block> snippets() {
        return Markdown.blocks("groovy");
    }

    @ParameterizedTest
    @MethodSource("snippets")
    void it_compiles_and_Jenkins_would_begin_to_run_it(Markdown.Block snippet) {
        Compiled.of(false, snippet.text());

        assertThat(Declarative.problems(snippet.text())).isEmpty();
    }

    @Test
    void what_is_not_Groovy_does_not_compile() {
        assertThatThrownBy(() -> Compiled.of(false, "pipeline { agent any")).isInstanceOf(MultipleCompilationErrorsException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "pipeline { agent any; steps { echo 'in no stage' } }",
        "pipeline { agent any; stages { steps { echo 'in no stage' } } }",
        "pipeline { agent any; stages { stage('a') { echo 'in no steps' } } }",
        "pipeline { agent any; stages { stage('a') { steps { cloudsmithOidc.refresh() } } } }",
        "pipeline { agent any; stages { stage('a') { steps { timeout(9) { cloudsmithOidc.refresh() } } } } }",
        "pipeline { agent any; stages { stage('a') { steps { def a = 1 } } } }",
        "pipeline { agent any; stages { stage('a') { parallel { stage('b') { script { } } } } } }",
        "pipeline { agent any; stages { stage('a') { matrix { axis { } } } } }",
        "pipeline { agent any; post { ever { echo 'a' } } }",
        "pipeline { agent any; post { always { cloudsmithOidc.cleanup() } } }",
        "node { cloudsmithOidc(servce: 'a') { } }",
        "node { cloudsmithOidc(servce: 'a') }",
        "node { cloudsmithOidc.explain(servce: 'a') }",
        "node { cloudsmithOidc.logout() }",
    })
    void a_mistake_is_seen(String jenkinsfile) {
        assertThat(Declarative.problems(jenkinsfile)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "pipeline { agent none; stages { stage('a') { agent any; steps { script { cloudsmithOidc.refresh() } } } } }",
        "pipeline { agent any; post { always { script { cloudsmithOidc.cleanup() } } } }",
        "node { def a = cloudsmithOidc.refresh() }",
    })
    void what_is_right_is_not_taken_for_one(String jenkinsfile) {
        assertThat(Declarative.problems(jenkinsfile)).isEmpty();
    }
}
