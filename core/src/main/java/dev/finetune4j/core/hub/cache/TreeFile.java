package dev.finetune4j.core.hub.cache;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finetune4j.core.hub.repo.RepoFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a commit holds, as {@code huggingface_hub} 1.33 keeps it beside the snapshots. With it a snapshot without network can
 * tell whether it is whole.
 */
final class TreeFile {
    private static final Logger log = LoggerFactory.getLogger(TreeFile.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int VERSION = 1;

    private TreeFile() {}

    /** The kept listing; empty if there is none, or one of another version. */
    static Optional<List<RepoFile>> read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            JsonNode tree = JSON.readTree(Files.readString(file));
            return tree.path("format_version").asInt() == VERSION
                            && tree.path("files").isObject()
                    ? Optional.of(files(tree.get("files")))
                    : Optional.empty();
        } catch (JsonProcessingException e) {
            log.warn("{} is damaged and left aside: {}", file, e.getOriginalMessage());
            return Optional.empty();
        }
    }

    private static List<RepoFile> files(JsonNode entries) {
        List<RepoFile> files = new ArrayList<>();
        entries.properties().forEach(entry -> {
            JsonNode file = entry.getValue();
            files.add(new RepoFile(
                    entry.getKey(),
                    file.path("lfs_size").asLong(file.path("size").asLong(-1)),
                    file.path("blob_id").asText(""),
                    file.path("lfs_sha256").asText("")));
        });
        files.sort(Comparator.comparing(RepoFile::path));
        return files;
    }

    /** Keeps a listing, unless the hub left sizes or hashes out. */
    static void write(Path file, List<RepoFile> files) throws IOException {
        if (files.stream().anyMatch(entry -> entry.size() < 0 || entry.blobId().isEmpty())) {
            return;
        }
        Files.createDirectories(file.getParent());
        HuggingFaceCache.replace(file, text(files));
    }

    /** With the indents of Python's {@code json.dump(…, indent=1)}, names sorted. */
    private static String text(List<RepoFile> files) {
        StringBuilder out = new StringBuilder("{\n \"format_version\": " + VERSION + ",\n \"files\": {");
        List<RepoFile> sorted =
                files.stream().sorted(Comparator.comparing(RepoFile::path)).toList();
        for (int i = 0; i < sorted.size(); i++) {
            RepoFile file = sorted.get(i);
            out.append(i == 0 ? "\n  " : ",\n  ")
                    .append(quoted(file.path()))
                    .append(": {\n   \"size\": ")
                    .append(file.size())
                    .append(",\n   \"blob_id\": ")
                    .append(quoted(file.blobId()));
            if (!file.sha256().isEmpty()) {
                out.append(",\n   \"lfs_sha256\": ")
                        .append(quoted(file.sha256()))
                        .append(",\n   \"lfs_size\": ")
                        .append(file.size());
            }
            out.append("\n  }");
        }
        return out.append(sorted.isEmpty() ? "}\n}" : "\n }\n}").toString();
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20 || c > 0x7e) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }
}
