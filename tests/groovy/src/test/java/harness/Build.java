package harness;

import java.util.List;
import java.util.Map;

/** A build at its end. */
public final class Build {
    private final List<StepCall> calls;
    private final List<String> console;
    private final Throwable failure;
    private final Map<String, String> environment;

    Build(List<StepCall> calls, List<String> console, Throwable failure, Map<String, String> environment) {
        this.calls = calls;
        this.console = console;
        this.failure = failure;
        this.environment = environment;
    }

    /** The names of the steps, in the order in which they were called. */
    public List<String> steps() {
        return calls.stream().map(StepCall::name).toList();
    }

    public long count(String step) {
        return steps().stream().filter(step::equals).count();
    }

    public String console() {
        return String.join("\n", console);
    }

    /** What ended the pipeline; null if it came to its end. */
    public Throwable failure() {
        return failure;
    }

    /** What {@code env.X = …} left. */
    public Map<String, String> environment() {
        return environment;
    }
}
