package dev.finetune4j.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Markdown page of this repository: its fenced blocks, its headings and its links. */
record Page(Path file, String text) {
    private static final Path ROOT = Path.of(System.getProperty("finetune4j.root", ".."))
            .toAbsolutePath()
            .normalize();
    private static final Pattern LINK = Pattern.compile("(?<!!)\\[[^\\]]*]\\(([^)\\s]+)\\)");
    private static final List<String> SKIPPED = List.of("target", ".git", "shared", "saves", "out");

    /** A fenced block. */
    record Block(Page page, int line, String language, String code) {
        @Override
        public String toString() {
            return page + ":" + line;
        }
    }

    static Path root() {
        return ROOT;
    }

    /** Every page: the README and its neighbours, those of the modules, and all of {@code docs}. */
    static List<Page> all() {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> file.toString().endsWith(".md"))
                    .filter(Page::kept)
                    .sorted()
                    .map(Page::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean kept(Path file) {
        for (Path part : ROOT.relativize(file)) {
            if (SKIPPED.contains(part.toString())) {
                return false;
            }
        }
        return true;
    }

    static Page read(Path file) {
        try {
            return new Page(file, Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Fenced blocks of a language. */
    List<Block> blocks(String language) {
        List<Block> blocks = new ArrayList<>();
        String[] lines = text.split("\n", -1);
        int start = -1;
        String kind = "";
        for (int i = 0; i < lines.length; i++) {
            if (!lines[i].strip().startsWith("```")) {
                continue;
            }
            if (start < 0) {
                start = i;
                kind = lines[i].strip().substring(3).strip();
            } else {
                if (kind.equals(language)) {
                    String code = String.join("\n", List.of(lines).subList(start + 1, i)) + "\n";
                    blocks.add(new Block(this, start + 1, kind, code));
                }
                start = -1;
            }
        }
        return blocks;
    }

    /** Targets of links outside code. */
    List<String> links() {
        List<String> links = new ArrayList<>();
        boolean code = false;
        for (String line : text.split("\n", -1)) {
            if (line.strip().startsWith("```")) {
                code = !code;
            }
            Matcher matcher = LINK.matcher(code ? "" : line.replaceAll("`[^`]*`", ""));
            while (matcher.find()) {
                links.add(matcher.group(1));
            }
        }
        return links;
    }

    /** Anchors of its headings, as code hosts make them. */
    List<String> anchors() {
        return text.lines()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+\\s*", "")
                        .toLowerCase(java.util.Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .toList();
    }

    @Override
    public String toString() {
        return ROOT.relativize(file).toString().replace('\\', '/');
    }
}
