package harness;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Predicate;

/** Runs a script as the step {@code sh} does: by its first line if that says how, else by {@code sh -xe}. */
final class Shell {
    private Shell() {
    }

    /**
     * Runs the script in the directory.
     *
     * @param output gets what it prints on standard output; null for the console
     * @param console gets each line of the rest; if it says no, the processes are told to end
     * @return the exit code; nothing if the processes were told to end
     */
    static OptionalInt run(String script, Map<String, String> environment, Path directory, Path temporary,
            File output, Predicate<String> console) throws IOException, InterruptedException {
        Path file = Files.writeString(Files.createTempFile(temporary, "script", ".sh"), script);
        try {
            List<String> command = new ArrayList<>(List.of("setsid"));
            command.addAll(script.startsWith("#!")
                    ? List.of(script.lines().findFirst().orElseThrow().substring(2).trim())
                    : List.of("/bin/sh", "-xe"));
            command.add(file.toString());
            ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
            builder.environment().clear();
            builder.environment().putAll(environment);
            if (output == null) {
                builder.redirectErrorStream(true);
            } else {
                builder.redirectOutput(output);
            }
            Process process = builder.start();
            process.getOutputStream().close();
            boolean ended = false;
            try (BufferedReader lines = output == null ? process.inputReader() : process.errorReader()) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (!console.test(line)) {
                        ended = true;
                        // The whole group, since a process that is just being started is no descendant yet.
                        new ProcessBuilder("kill", "--", "-" + process.pid()).start().waitFor();
                    }
                }
            }
            int status = process.waitFor();
            return ended ? OptionalInt.empty() : OptionalInt.of(status);
        } finally {
            Files.delete(file);
        }
    }
}
