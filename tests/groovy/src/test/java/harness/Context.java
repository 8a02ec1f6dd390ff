package harness;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What the blocks around a step give it.
 *
 * @param workspace null outside {@code node}
 * @param directory where {@code sh} runs
 * @param overrides of {@code withEnv} and {@code withCredentials}; an empty value takes the variable away
 * @param masks what the console shows as asterisks
 */
record Context(String workspace, String directory, Map<String, String> overrides, List<Pattern> masks)
        implements Serializable {
    static final Context OUTERMOST = new Context(null, null, Map.of(), List.of());

    Context in(String workspace) {
        return new Context(workspace, workspace, overrides, masks);
    }

    Context at(String directory) {
        return new Context(workspace, directory, overrides, masks);
    }

    Context with(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(overrides);
        all.putAll(more);
        return new Context(workspace, directory, all, masks);
    }

    Context masking(List<Pattern> more) {
        List<Pattern> all = new ArrayList<>(masks);
        all.addAll(more);
        return new Context(workspace, directory, overrides, all);
    }

    String masked(String line) {
        for (Pattern mask : masks) {
            line = mask.matcher(line).replaceAll("****");
        }
        return line;
    }
}
