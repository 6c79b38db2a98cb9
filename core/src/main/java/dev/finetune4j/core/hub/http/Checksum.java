package dev.finetune4j.core.hub.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/** What a file's content must hash to. Hubs give SHA-256 for large files and git's SHA-1 of a blob for small ones. */
public final class Checksum {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-fA-F]{64}");
    private static final Pattern BLOB = Pattern.compile("[0-9a-fA-F]{40}");
    private static final int PIECE = 1 << 20;

    private Checksum() {}

    /** Whether an entity tag is a hash that content can be checked against. */
    public static boolean isHash(String tag) {
        return SHA256.matcher(tag).matches() || BLOB.matcher(tag).matches();
    }

    /** Whether a file has the hash; true for tags that are none. */
    public static boolean holds(Path file, String tag) throws IOException {
        return !isHash(tag) || of(file, tag.length() == 64).equals(tag.toLowerCase(Locale.ROOT));
    }

    /** SHA-256 of a file's content, in lower-case hexadecimal. */
    public static String sha256(Path file) throws IOException {
        return of(file, true);
    }

    private static String of(Path file, boolean sha256) throws IOException {
        MessageDigest digest = digest(sha256 ? "SHA-256" : "SHA-1");
        if (!sha256) {
            digest.update(("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.US_ASCII));
        }
        byte[] piece = new byte[PIECE];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                digest.update(piece, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest(String name) {
        try {
            return MessageDigest.getInstance(name);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + name, e);
        }
    }
}
