package harness;

import hudson.AbortException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import org.jenkinsci.plugins.credentialsbinding.impl.CredentialNotFoundException;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;

/** The steps. Each starts at once; one with a body returns the context in which the body is to run. */
final class Steps {
    private static final Set<String> NAMES = Set.of("dir", "echo", "error", "isUnix", "libraryResource", "maskPasswords",
            "node", "parallel", "sh", "withCredentials", "withEnv");

    private final Controller controller;
    private final Execution execution;

    Steps(Controller controller, Execution execution) {
        this.controller = controller;
        this.execution = execution;
    }

    /** Whether the name is of a value that a step takes, not of a step. */
    static boolean isDescribable(String name) {
        return name.equals("string");
    }

    boolean exists(String name) {
        return NAMES.contains(name)
                && !(name.equals("maskPasswords") && controller.maskPasswords() == Controller.MaskPasswords.MISSING);
    }

    Object start(StepCall call, Context context) throws IOException, InterruptedException {
        switch (call.name()) {
            case "dir":
                return context.at(Path.of(context.directory()).resolve(call.text("path")).toString());
            case "echo":
                execution.print(context, call.text("message"));
                return null;
            case "error":
                throw new AbortException(call.text("message"));
            case "isUnix":
                return controller.isUnix();
            case "libraryResource":
                return Library.text("resources/" + call.text("resource"));
            case "maskPasswords":
                return context.masking(patterns(call));
            case "node":
                return context.in(controller.workspace().toString());
            case "sh":
                return sh(call, context);
            case "withCredentials":
                return bound(call, context);
            case "withEnv":
                return context.with(assigned(call.texts("overrides")));
            default:
                throw new AssertionError(call.name());
        }
    }

    /** What {@code env} and the processes see, except that these do not see what is empty. */
    Map<String, String> environment(Context context, Map<String, String> ofBuild) {
        Map<String, String> environment = new HashMap<>(controller.environment());
        environment.putAll(ofBuild);
        if (context.workspace() != null) {
            environment.put("WORKSPACE", context.workspace());
            environment.put("WORKSPACE_TMP", context.workspace() + "@tmp");
            environment.put("NODE_NAME", "agent");
        }
        context.overrides().forEach((name, value) -> {
            environment.remove(name);
            if (!value.isEmpty()) {
                environment.put(name, value);
            }
        });
        return environment;
    }

    private Object sh(StepCall call, Context context) throws IOException, InterruptedException {
        Map<String, String> environment = environment(context, execution.variables());
        environment.values().removeIf(String::isEmpty);
        Path temporary = Path.of(context.workspace() + "@tmp");
        // Jenkins keeps it there, too: where a build could change it.
        Path output = call.isTrue("returnStdout") ? Files.createTempFile(temporary, "output", ".txt") : null;
        try {
            OptionalInt status = Shell.run(call.text("script"), environment, Path.of(context.directory()), temporary,
                    output == null ? null : output.toFile(), line -> {
                        execution.print(context, line);
                        return !controller.isAborted(line);
                    });
            if (status.isEmpty()) {
                throw new FlowInterruptedException();
            }
            String printed = output == null ? null : Files.readString(output);
            if (status.getAsInt() != 0) {
                Optional.ofNullable(printed).stream().flatMap(String::lines).forEach(line -> execution.print(context, line));
                throw new AbortException("script returned exit code " + status.getAsInt());
            }
            return printed;
        } finally {
            if (output != null) {
                Files.delete(output);
            }
        }
    }

    private Context bound(StepCall call, Context context) throws CredentialNotFoundException {
        Map<String, String> values = new HashMap<>();
        for (Object binding : (List<?>) call.argument("bindings")) {
            Map<?, ?> arguments = (Map<?, ?>) binding;
            values.put(arguments.get("variable").toString(), controller.secret(arguments.get("credentialsId").toString()));
        }
        return context.with(values).masking(values.values().stream().map(Pattern::quote).map(Pattern::compile).toList());
    }

    /** Versions before 173 do not know what to make of the value and fail before the body is run. */
    private List<Pattern> patterns(StepCall call) {
        if (controller.maskPasswords() == Controller.MaskPasswords.OLD) {
            throw new ClassCastException("VarMaskRegexEntry.value expects class java.lang.String but received VarMaskRegex");
        }
        return ((List<?>) call.argument("varMaskRegexes")).stream()
                .map(entry -> Pattern.compile(((Map<?, ?>) entry).get("value").toString())).toList();
    }

    private static Map<String, String> assigned(List<String> overrides) {
        Map<String, String> values = new HashMap<>();
        overrides.forEach(override -> {
            int equals = override.indexOf('=');
            values.put(override.substring(0, equals), override.substring(equals + 1));
        });
        return values;
    }
}
