package dev.finetune4j.core.testing.hub;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A repository that the test server publishes: files are put in and then published under a revision. */
public final class ServedRepo {
    private final String name;
    private final Map<String, Content> draft = new TreeMap<>();
    private final Map<String, Map<String, Content>> commits = new ConcurrentHashMap<>();
    private final Map<String, String> refs = new ConcurrentHashMap<>();
    private @Nullable String token;
    private boolean gated;

    /** A file's bytes; large ones come from the second server and are known by their SHA-256. */
    public record Content(byte[] bytes, boolean large) {
        /** Git's SHA-1 of the bytes; of the pointer that git holds, for large ones. */
        public String blobId() {
            byte[] kept = large
                    ? ("version https://git-lfs.github.com/spec/v1\noid sha256:" + sha256() + "\nsize " + bytes.length
                                    + "\n")
                            .getBytes(StandardCharsets.UTF_8)
                    : bytes;
            return hash("SHA-1", ("blob " + kept.length + "\0").getBytes(StandardCharsets.US_ASCII), kept);
        }

        public String sha256() {
            return hash("SHA-256", bytes);
        }

        /** The entity tag under which Hugging Face describes it. */
        public String tag() {
            return large ? sha256() : blobId();
        }
    }

    ServedRepo(String name) {
        this.name = name;
    }

    public String name() {
        return name;
    }

    public ServedRepo file(String path, String text) {
        return file(path, text.getBytes(StandardCharsets.UTF_8));
    }

    public ServedRepo file(String path, byte[] bytes) {
        draft.put(path, new Content(bytes, false));
        return this;
    }

    /** A file that the second server has. */
    public ServedRepo large(String path, byte[] bytes) {
        draft.put(path, new Content(bytes, true));
        return this;
    }

    public ServedRepo without(String path) {
        draft.remove(path);
        return this;
    }

    /** Makes the files put in so far the state of a revision; its commit. */
    public String publish(String revision) {
        StringBuilder state = new StringBuilder();
        draft.forEach((path, content) ->
                state.append(path).append(' ').append(content.tag()).append('\n'));
        String commit = hash("SHA-1", state.toString().getBytes(StandardCharsets.UTF_8));
        commits.put(commit, Map.copyOf(draft));
        refs.put(revision, commit);
        return commit;
    }

    /** From now on only for who shows this token. */
    public ServedRepo withToken(String needed) {
        this.token = needed;
        return this;
    }

    /** From now on for nobody, until {@link #withToken} names who may. */
    public ServedRepo gated() {
        this.gated = true;
        return this;
    }

    boolean isGated() {
        return gated;
    }

    boolean isPrivate() {
        return token != null;
    }

    boolean admits(@Nullable String authorization) {
        return token == null ? !gated : ("Bearer " + token).equals(authorization);
    }

    /** The commit of a revision, null where it has none. */
    @Nullable
    String commit(String revision) {
        return commits.containsKey(revision) ? revision : refs.get(revision);
    }

    Map<String, Content> files(String commit) {
        return new TreeMap<>(commits.getOrDefault(commit, Map.of()));
    }

    /** A large content by its SHA-256. */
    Optional<Content> content(String sha256) {
        return commits.values().stream()
                .flatMap(files -> files.values().stream())
                .filter(content -> content.large() && content.sha256().equals(sha256))
                .findFirst();
    }

    static String hash(String algorithm, byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            for (byte[] part : parts) {
                digest.update(part);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
