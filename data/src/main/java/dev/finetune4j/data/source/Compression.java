package dev.finetune4j.data.source;

import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.core.runtime.NativeLoading;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/** How a file is compressed, by the end of its name. */
enum Compression {
    NONE(""),
    GZIP(".gz"),
    ZSTD(".zst"),
    BZIP2(".bz2"),
    XZ(".xz"),
    ZIP(".zip");

    private static final int BUFFER = 1 << 16;
    private static final String ZSTD_LIBRARY = "com.github.luben:zstd-jni";

    private final String suffix;

    Compression(String suffix) {
        this.suffix = suffix;
    }

    static Compression of(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        for (Compression compression : values()) {
            if (compression != NONE && lower.endsWith(compression.suffix)) {
                return compression;
            }
        }
        return NONE;
    }

    /** The name without what says the compression. */
    String inner(String name) {
        return name.substring(0, name.length() - suffix.length());
    }

    /**
     * The content.
     *
     * @param name for messages
     * @throws UnsupportedException if this kind is not read, or its library is missing
     */
    InputStream expand(InputStream in, String name) throws IOException {
        return switch (this) {
            case NONE -> in;
            case GZIP -> new GZIPInputStream(in, BUFFER);
            case ZSTD -> zstd(in, name);
            case ZIP ->
                throw new UnsupportedException(name + ": Archives are not read, since the order of what is in"
                        + " them and its kind are open. Unpack it, and name the folder with \"file_name\".");
            default ->
                throw new UnsupportedException(name + ": Files that end in " + suffix
                        + " are not read. Unpack the file, or compress it as .gz or .zst.");
        };
    }

    private static InputStream zstd(InputStream in, String name) throws IOException {
        try {
            return Zstd.open(in);
        } catch (LinkageError e) {
            throw new UnsupportedException(
                    name + ": Reading .zst needs the library " + ZSTD_LIBRARY
                            + ", which is not on the class path. Add it as a dependency.",
                    e);
        }
    }

    /** Apart, so that this enum loads where the library is not there. */
    private static final class Zstd {
        private Zstd() {}

        static InputStream open(InputStream in) throws IOException {
            NativeLoading.alone(com.github.luben.zstd.util.Native::load);
            return new com.github.luben.zstd.ZstdInputStream(in).setContinuous(false);
        }
    }
}
