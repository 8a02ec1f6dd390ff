package harness;

import java.util.List;
import java.util.Map;

/**
 * A build at its end.
 *
 * @param steps the names of the steps, in the order in which they were called
 * @param failure what ended the pipeline; null if it came to its end
 * @param environment what {@code env.X = …} left
 */
public record Build(List<String> steps, String console, Throwable failure, Map<String, String> environment) {
    public long count(String step) {
        return steps.stream().filter(step::equals).count();
    }
}
