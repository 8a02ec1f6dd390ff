package harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What README.md and the pages below docs/ show as code. */
public final class Markdown {
    private static final Path DOCS = Library.ROOT.resolve("docs");

    private Markdown() {
    }

    /** A fenced block, without its fences. */
    public record Block(String page, int line, String text) {
        @Override
        public String toString() {
            return page + ":" + line;
        }
    }

    public static List<Block> blocks(String language) {
        try (Stream<Path> docs = Files.walk(DOCS)) {
            Stream<Path> pages = docs.filter(file -> file.toString().endsWith(".md")).sorted();
            return Stream.concat(Stream.of(Library.ROOT.resolve("README.md")), pages)
                    .map(file -> Library.ROOT.relativize(file).toString())
                    .flatMap(page -> blocks(page, Library.text(page), language)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Block> blocks(String page, String text, String language) {
        return Pattern.compile("(?ms)^ *```" + language + "$\n(.*?)^ *```$").matcher(text).results().map(block ->
                new Block(page, (int) text.substring(0, block.start(1)).lines().count(), block.group(1).stripIndent()));
    }
}
