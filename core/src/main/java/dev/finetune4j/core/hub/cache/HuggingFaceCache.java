package dev.finetune4j.core.hub.cache;

import dev.finetune4j.core.hub.repo.RepoId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/**
 * The folder layout of {@code huggingface_hub}:
 *
 * <pre>
 * CACHEDIR.TAG
 * .locks/models--owner--name/TAG.lock
 * models--owner--name/blobs/TAG                   contents, named by their entity tag
 * models--owner--name/refs/REVISION               the commit of a branch or tag, without a line end
 * models--owner--name/snapshots/COMMIT/PATH       relative links into blobs
 * models--owner--name/.no_exist/COMMIT/PATH       empty: the commit is known not to hold the file
 * models--owner--name/trees/COMMIT.json           what the commit holds (version 1.33 and later)
 * </pre>
 */
final class HuggingFaceCache {
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    /** The text that version 1.33 writes, byte for byte, so that it does not matter who came first. */
    private static final String TAG_TEXT = """
            Signature: 8a477f597d28d172789f06886806bc55
            # This file is a cache directory tag created by huggingface_hub.
            # For information about cache directory tags, see:
            #\thttps://bford.info/cachedir/
            """;

    private final Path root;
    private final RepoId repo;

    HuggingFaceCache(Path root, RepoId repo) {
        this.root = root;
        this.repo = repo;
    }

    /** Whether a revision is a whole commit hash, which never changes its meaning. */
    static boolean isCommit(String revision) {
        return COMMIT.matcher(revision).matches();
    }

    /** The repository's own folder. */
    Path folder() {
        return root.resolve(folderName());
    }

    private String folderName() {
        return repo.kind().plural() + "--" + repo.name().replace("/", "--");
    }

    Path blob(String tag) {
        return folder().resolve("blobs").resolve(tag);
    }

    Path snapshot(String commit) {
        return folder().resolve("snapshots").resolve(commit);
    }

    Path pointer(String commit, String path) {
        return snapshot(commit).resolve(path);
    }

    Path lock(String tag) {
        return root.resolve(".locks").resolve(folderName()).resolve(tag + ".lock");
    }

    Path tree(String commit) {
        return folder().resolve("trees").resolve(commit + ".json");
    }

    private Path absence(String commit, String path) {
        return folder().resolve(".no_exist").resolve(commit).resolve(path);
    }

    /** The commit of a revision: itself, or what was last known of a branch or tag. */
    Optional<String> commit(String revision) throws IOException {
        if (isCommit(revision)) {
            return Optional.of(revision);
        }
        Path ref = folder().resolve("refs").resolve(revision);
        return Files.isRegularFile(ref)
                ? Optional.of(Files.readString(ref).strip()).filter(text -> !text.isEmpty())
                : Optional.empty();
    }

    /** A file at a commit, if its bytes are there. */
    Optional<Path> find(String commit, String path) {
        Path pointer = pointer(commit, path);
        return Files.isRegularFile(pointer) ? Optional.of(pointer) : Optional.empty();
    }

    boolean isKnownAbsent(String commit, String path) {
        return Files.isRegularFile(absence(commit, path));
    }

    /** Notes what a branch or tag stands for now; a commit needs no note. */
    void writeRef(String revision, String commit) throws IOException {
        if (revision.equals(commit) || commit(revision).filter(commit::equals).isPresent()) {
            return;
        }
        Path ref = folder().resolve("refs").resolve(revision);
        Files.createDirectories(ref.getParent());
        replace(ref, commit);
    }

    void markAbsent(String commit, String path) throws IOException {
        Path mark = absence(commit, path);
        Files.createDirectories(mark.getParent());
        try {
            Files.createFile(mark);
        } catch (FileAlreadyExistsException e) {
            // Known already.
        }
    }

    /** Marks the whole cache for backup programs, and makes the folders that a download needs. */
    void prepare(String commit, String tag, String path) throws IOException {
        Files.createDirectories(blob(tag).getParent());
        Files.createDirectories(pointer(commit, path).getParent());
        Files.createDirectories(lock(tag).getParent());
        Path mark = root.resolve("CACHEDIR.TAG");
        if (!Files.exists(mark)) {
            Files.writeString(mark, TAG_TEXT);
        }
    }

    /** Gives a small file a new content in one step. */
    static void replace(Path file, String content) throws IOException {
        Path unfinished = file.resolveSibling(file.getFileName() + "." + word() + ".tmp");
        try {
            Files.writeString(unfinished, content, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    /** Eight hexadecimal digits that nobody else draws at the same moment. */
    static String word() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    }
}
