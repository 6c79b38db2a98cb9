package dev.finetune4j.data.tokenizer.rebuild;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.hub.HubEnvironment;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Folders with tokenizers made anew, each under a name that comes from the contents it was made of. A folder appears complete
 * or not at all, also where several processes make the same one.
 */
final class RebuildCache {
    /** Part of every name; another rule of making needs another one. */
    private static final String EDITION = "1";

    private static final String TEMPLATE = "chat_template.jinja";
    private static final String MORE_TEMPLATES = "additional_chat_templates";
    private static final int NAME = 40;

    private final Path root;

    /** @param cache the run's cache folder, null for that of the user */
    RebuildCache(@Nullable Path cache) {
        Path base =
                cache == null ? HubEnvironment.ofProcess().caches().resolve("finetune4j") : cache.resolve("finetune4j");
        this.root = base.resolve("tokenizers");
    }

    /** Where the tokenizer made of these files lies or will lie. */
    Path place(SourceFolder source, List<String> names) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(EDITION.getBytes(StandardCharsets.UTF_8));
            for (String name : names) {
                byte[] content = source.has(name) ? source.bytes(name) : new byte[0];
                digest.update((name + ":" + content.length + ":").getBytes(StandardCharsets.UTF_8));
                digest.update(content);
            }
            return root.resolve(HexFormat.of().formatHex(digest.digest()).substring(0, NAME));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static boolean holds(Path place) {
        return Files.isRegularFile(place.resolve(RebuiltTokenizer.TOKENIZER));
    }

    /** Files of chat templates in a folder, relative to it. */
    static List<String> templates(SourceFolder source) {
        Path more = source.path().resolve(MORE_TEMPLATES);
        if (!Files.isDirectory(more)) {
            return List.of(TEMPLATE);
        }
        try (Stream<Path> files = Files.list(more)) {
            return Stream.concat(
                            Stream.of(TEMPLATE),
                            files.map(file -> MORE_TEMPLATES + "/" + file.getFileName())
                                    .sorted())
                    .toList();
        } catch (IOException e) {
            throw new DataException(more.toString(), "The folder cannot be read: " + e.getMessage() + ".", e);
        }
    }

    void store(RebuiltTokenizer tokenizer, SourceFolder source, Path place) {
        try {
            Files.createDirectories(root);
            Path unfinished = Files.createTempDirectory(root, "unfinished-");
            try {
                tokenizer.write(unfinished);
                for (String name : templates(source)) {
                    if (source.has(name)) {
                        Path copy = unfinished.resolve(name);
                        Files.createDirectories(copy.resolveSibling("."));
                        Files.write(copy, source.bytes(name));
                    }
                }
                appear(unfinished, place);
            } finally {
                delete(unfinished);
            }
        } catch (IOException e) {
            throw new DataException(
                    root.toString(),
                    "The tokenizer made anew cannot be kept: " + e.getMessage()
                            + ". Name a folder that can be written to with cache_dir or the variable XDG_CACHE_HOME.",
                    e);
        }
    }

    private static void appear(Path unfinished, Path place) throws IOException {
        try {
            Files.move(unfinished, place, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            throw e;
        } catch (IOException e) {
            // Another process was faster; what it made is the same.
            if (!holds(place)) {
                throw e;
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> files = Files.walk(folder)) {
            all = files.sorted(java.util.Comparator.reverseOrder()).toList();
        }
        for (Path file : all) {
            Files.deleteIfExists(file);
        }
    }
}
