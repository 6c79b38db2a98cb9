package dev.finetune4j.data.hub;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Kinds of data files, told by the ends of their names. A data set is of one kind: the one that most files have. */
enum FileFormat {
    JSON("json", "jsonl", "ndjson"),
    CSV("csv", "tsv"),
    PARQUET("parquet", "geoparquet", "gpq"),
    ARROW("arrow"),
    TEXT("txt"),
    XML("xml"),
    ARCHIVE("tar", "zip"),
    IMAGES("jpg", "jpeg", "png", "gif", "bmp", "webp", "tif", "tiff"),
    AUDIO("wav", "mp3", "flac", "ogg", "opus", "m4a", "aac", "aiff"),
    VIDEO("mp4", "mkv", "avi", "mov", "webm", "mpeg", "mpg"),
    PDF("pdf");

    /** Ends of names that say a compression; what stands before them says the kind. */
    private static final Set<String> COMPRESSIONS = Set.of("gz", "zst", "bz2", "xz", "lz4");

    private static final Set<String> MEDIA_TABLES = Set.of("metadata.csv", "metadata.jsonl", "metadata.parquet");
    private static final List<String> FAVOURITES = List.of("csv", "json", "jsonl", "parquet");

    private final List<String> extensions;

    FileFormat(String... extensions) {
        this.extensions = List.of(extensions);
    }

    /** Whether there are rows in such files that this library reads. */
    boolean isReadable() {
        return ordinal() <= TEXT.ordinal();
    }

    /** Whether the end of the name, or what stands before a compression, is known. */
    static boolean isData(String path) {
        return of(last(path)) != null;
    }

    /** Whether the file is of this kind, compressed or not. */
    boolean holds(String path) {
        return extensions.contains(last(path));
    }

    /** The extension by which a reader for the file is found. */
    static String reader(String path) {
        String last = last(path);
        return switch (last) {
            case "ndjson" -> "jsonl";
            case "geoparquet", "gpq" -> "parquet";
            default -> last;
        };
    }

    /**
     * The kind of a data set's files: that of the most frequent known extension. Tables that describe media count less than
     * the media; among equals Parquet wins, then JSON lines, JSON, CSV.
     */
    static Optional<FileFormat> of(List<String> paths) {
        Map<Counted, Integer> counts = new LinkedHashMap<>();
        for (String path : paths) {
            boolean table = MEDIA_TABLES.contains(name(path));
            counts.merge(new Counted(last(path), table), 1, Integer::sum);
        }
        Comparator<Map.Entry<Counted, Integer>> order = Comparator.comparing(entry -> !entry.getKey().table);
        return counts.entrySet().stream()
                .filter(entry -> of(entry.getKey().extension) != null)
                .max(order.thenComparing(Map.Entry::getValue)
                        .thenComparing(entry -> FAVOURITES.indexOf(entry.getKey().extension))
                        .thenComparing(entry -> entry.getKey().extension))
                .map(entry -> of(entry.getKey().extension));
    }

    private record Counted(String extension, boolean table) {}

    private static @Nullable FileFormat of(String extension) {
        return Arrays.stream(values())
                .filter(format -> format.extensions.contains(extension))
                .findFirst()
                .orElse(null);
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** The extension, lower case, without a compression behind it. */
    private static String last(String path) {
        String[] parts = name(path).toLowerCase(Locale.ROOT).split("\\.", -1);
        int end = parts.length - 1;
        boolean compressed = end > 1 && COMPRESSIONS.contains(parts[end]);
        return end == 0 ? "" : parts[compressed ? end - 1 : end];
    }
}
