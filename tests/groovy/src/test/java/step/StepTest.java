package step;

import static org.assertj.core.api.Assertions.assertThat;

import harness.Build;
import harness.Controller;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A Jenkins for each test. */
abstract class StepTest {
    static final String LOGIN = "service: 'ci', org: 'acme'";

    Controller jenkins;

    @BeforeEach
    void startJenkins(@TempDir Path home) {
        jenkins = new Controller(home);
    }

    Build run(String pipeline) {
        return jenkins.run(pipeline);
    }

    Build onNode(String pipeline) {
        return run("node {\n" + pipeline + "\n}");
    }

    static Build succeeded(Build build) {
        assertThat(build.failure()).as(build.console()).isNull();
        return build;
    }

    static void assertError(Build build, String... parts) {
        assertThat(build.failure()).isInstanceOf(hudson.AbortException.class);
        assertThat(build.failure().getMessage()).startsWith("cloudsmithOidc: ").doesNotContain("\n").contains(parts);
    }

    /** What is left in the workspace and beside it. */
    List<String> leftovers() {
        Path parent = jenkins.workspace().getParent();
        try (Stream<Path> files = Files.walk(parent)) {
            return files.map(file -> parent.relativize(file).toString())
                    .filter(file -> !List.of("", "job", "job@tmp").contains(file)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
