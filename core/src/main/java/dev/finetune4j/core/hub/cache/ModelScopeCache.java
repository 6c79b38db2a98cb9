package dev.finetune4j.core.hub.cache;

import dev.finetune4j.core.hub.http.Checksum;
import dev.finetune4j.core.hub.repo.RepoFile;
import dev.finetune4j.core.hub.repo.RepoId;
import dev.finetune4j.core.hub.repo.RepoPath;
import dev.finetune4j.core.weights.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ModelScope's folder layout: {@code models/owner--name/snapshots/REVISION/PATH}, real files, no links. What the clients
 * before 1.38 left under {@code models/owner/name} or {@code hub/models/owner/name} (dots of the name as three underscores)
 * is used further for the revision {@code master}, as the present client does.
 *
 * <p>A branch moves and its folder stays, so a file that is there is compared with the hub's hash. Hashing many gigabytes at
 * each start would take minutes; what has been compared is noted under {@code .verified} with size and time, and hashed
 * again only when these change.
 */
final class ModelScopeCache {
    static final String DEFAULT_REVISION = "master";

    private static final Logger log = LoggerFactory.getLogger(ModelScopeCache.class);

    private final Path root;

    ModelScopeCache(Path root) {
        this.root = root;
    }

    /** The folder that holds a revision's files under their names. */
    Path folder(RepoPath wanted) throws IOException {
        if (wanted.revision().equals(DEFAULT_REVISION)) {
            for (Path old : olderFolders(wanted.repo())) {
                if (holdsSomething(old)) {
                    return old;
                }
            }
        }
        return root.resolve(wanted.repo().kind().plural())
                .resolve(flat(wanted.repo()))
                .resolve("snapshots")
                .resolve(wanted.revision());
    }

    private List<Path> olderFolders(RepoId repo) {
        int slash = repo.name().indexOf('/');
        if (slash < 0) {
            return List.of();
        }
        String name = repo.name().substring(slash + 1).replace(".", "___");
        Path below = Path.of(repo.kind().plural(), repo.name().substring(0, slash), name);
        return List.of(root.resolve(below), root.resolve("hub").resolve(below));
    }

    private static boolean holdsSomething(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isPresent();
        }
    }

    private static String flat(RepoId repo) {
        return repo.name().replace("/", "--");
    }

    /** The lock of a file, named as the Python client names its own. */
    Path lock(RepoPath wanted) {
        String key = String.join(
                "\0",
                "modelscope-hub-download-lock-v2",
                "file",
                wanted.repo().kind().word(),
                wanted.repo().name(),
                wanted.path());
        return root.resolve(".lock").resolve("file_" + sha256(key) + ".lock");
    }

    /** Whether a file of the cache is what the hub lists. */
    boolean holds(RepoPath wanted, Path file, RepoFile listed) throws IOException {
        if (!Files.isRegularFile(file) || listed.size() >= 0 && Files.size(file) != listed.size()) {
            return false;
        }
        if (listed.sha256().isEmpty() || noted(wanted, file).equals(listed.sha256() + state(file))) {
            return true;
        }
        if (!Checksum.holds(file, listed.sha256())) {
            return false;
        }
        note(wanted, file, listed.sha256());
        return true;
    }

    /** Remembers that a file has been compared. */
    void note(RepoPath wanted, Path file, String sha256) {
        try {
            Path note = noteOf(wanted);
            Files.createDirectories(Disk.folderOf(note));
            HuggingFaceCache.replace(note, sha256 + state(file));
        } catch (IOException e) {
            log.debug("{}: that it has been compared could not be noted", wanted, e);
        }
    }

    private String noted(RepoPath wanted, Path file) throws IOException {
        Path note = noteOf(wanted);
        return Files.isRegularFile(note) ? Files.readString(note) : "";
    }

    private Path noteOf(RepoPath wanted) {
        return root.resolve(".verified")
                .resolve(wanted.repo().kind().plural())
                .resolve(flat(wanted.repo()))
                .resolve(wanted.revision())
                .resolve(wanted.path());
    }

    private static String state(Path file) throws IOException {
        return " " + Files.size(file) + " " + Files.getLastModifiedTime(file).toMillis();
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
