package harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;

/** This repository, as a Jenkins library. */
public final class Library {
    static final Path ROOT = root();

    private Library() {
    }

    private static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(directory.resolve("vars"))) {
            directory = directory.getParent();
        }
        return directory;
    }

    public static String text(String file) {
        try {
            return Files.readString(ROOT.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A constant of the step. */
    public static Object constant(String name) {
        try {
            Field field = Compiled.variable(true).getDeclaredField(name);
            field.setAccessible(true);
            return field.get(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
