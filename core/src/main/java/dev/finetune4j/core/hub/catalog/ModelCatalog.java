package dev.finetune4j.core.hub.catalog;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The models that LLaMA-Factory lists by name. Immutable; read once. */
public final class ModelCatalog {
    private static final String RESOURCE = "models.tsv";
    private static final String NONE = "-";
    private static final String SAME = "=";
    private static final int COLUMNS = 6;

    private final Map<String, Model> models;

    /**
     * One model.
     *
     * @param name as people call it, such as {@code Qwen2.5-0.5B-Instruct}
     * @param template default chat template; null for models that no chat tuned
     * @param multimodal whether it takes more than text
     * @param huggingFace {@code owner/name} there
     * @param modelScope likewise; null if it is not known to be there
     * @param modelers likewise
     */
    public record Model(
            String name,
            @Nullable String template,
            boolean multimodal,
            String huggingFace,
            @Nullable String modelScope,
            @Nullable String modelers) {}

    private ModelCatalog(Map<String, Model> models) {
        this.models = Collections.unmodifiableMap(models);
    }

    /** The built-in list. */
    public static ModelCatalog builtIn() {
        return Holder.BUILT_IN;
    }

    private static final class Holder {
        static final ModelCatalog BUILT_IN = read();
    }

    private static ModelCatalog read() {
        Map<String, Model> models = new LinkedHashMap<>();
        try (InputStream in = ModelCatalog.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException("the library lacks its resource " + RESOURCE);
            }
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(ModelCatalog::model)
                    .forEach(model -> models.put(model.name, model));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ModelCatalog(models);
    }

    private static Model model(String line) {
        String[] columns = line.split("\t", -1);
        if (columns.length != COLUMNS) {
            throw new IllegalStateException(RESOURCE + " has a line of " + columns.length + " columns: " + line);
        }
        return new Model(
                columns[0],
                columns[1].equals(NONE) ? null : columns[1],
                columns[2].equals("multimodal"),
                columns[3],
                id(columns[4], columns[3]),
                id(columns[5], columns[3]));
    }

    private static @Nullable String id(String column, String first) {
        return column.equals(NONE) ? null : column.equals(SAME) ? first : column;
    }

    public Optional<Model> find(String name) {
        return Optional.ofNullable(models.get(name));
    }

    /** All names, as grouped in the list. */
    public Collection<String> names() {
        return models.keySet();
    }

    public Collection<Model> all() {
        return models.values();
    }
}
