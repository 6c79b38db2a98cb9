package dev.finetune4j.data.reference;

import dev.finetune4j.core.model.config.ModelConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The types of models that core refuses by name, by reason. */
final class ForeignTypes {
    private final Set<String> builtIn;

    /** @param builtIn families that are never refused, whatever the table says */
    ForeignTypes(Set<String> builtIn) {
        this.builtIn = builtIn;
    }

    /** Types with commas between them, by why they are refused. */
    Map<String, String> rows() {
        Map<String, String> rows = new LinkedHashMap<>();
        for (String line : lines()) {
            String[] columns = line.split("\t", -1);
            if (!builtIn.contains(columns[0])) {
                rows.merge(why(columns[1], columns[2], columns[3]), "`" + columns[0] + "`", (a, b) -> a + ", " + b);
            }
        }
        return rows;
    }

    private static String why(String kind, String family, String words) {
        return switch (kind) {
            case "layers" -> "has " + words;
            case "takes" -> "takes " + words;
            case "reads" -> "reads " + words + "; only decoders are tuned";
            case "like" -> "nearest to `" + family + "`, " + words;
            case "own" -> "computed by code of its own that no family is like";
            default -> throw new IllegalStateException("foreign_types.tsv has an unknown kind " + kind);
        };
    }

    private static List<String> lines() {
        String name = "foreign_types.tsv";
        try (InputStream in = Objects.requireNonNull(ModelConfig.class.getResourceAsStream(name), name)) {
            return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
