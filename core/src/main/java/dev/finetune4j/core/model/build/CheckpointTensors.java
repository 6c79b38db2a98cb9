package dev.finetune4j.core.model.build;

import dev.finetune4j.core.error.WeightException;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.ModelConfig.HeadConfig;
import dev.finetune4j.core.model.vocabulary.VocabularyResize;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.weights.WeightSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a checkpoint holds each parameter of a model: under the parameter's own name, or without the prefix that files of a
 * bare model leave out. Settles from the tensors whether the head is tied.
 */
final class CheckpointTensors {
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointTensors.class);
    private static final int LISTED = 10;

    private final ModelConfig config;
    private final WeightSource source;
    private final Map<String, String> stored = new LinkedHashMap<>();

    private CheckpointTensors(ModelConfig config, WeightSource source) {
        this.config = config;
        this.source = source;
    }

    /**
     * @param resize rows that the model has beyond the checkpoint's
     * @param folder for messages
     * @throws WeightException one for all tensors that are missing, extra or of another shape than the config says
     */
    static CheckpointTensors of(ModelConfig config, VocabularyResize resize, WeightSource source, Path folder) {
        CheckpointTensors tensors = new CheckpointTensors(settled(config, source, folder), source);
        tensors.check(resize, folder);
        return tensors;
    }

    /** The config, its tie as the tensors have it. */
    ModelConfig config() {
        return config;
    }

    /** Name in the checkpoint. */
    String stored(String parameter) {
        return stored.getOrDefault(parameter, parameter);
    }

    WeightSource.Entry entry(String parameter) {
        return Objects.requireNonNull(source.entries().get(stored(parameter)), parameter);
    }

    /** A config that says untied over a file without a head is tied; one that says tied over two unequal matrices is not. */
    private static ModelConfig settled(ModelConfig config, WeightSource source, Path folder) {
        String head = config.names().head() + ".weight";
        String embedding = config.names().embedding() + ".weight";
        String storedHead = find(config, source, head);
        String storedEmbedding = find(config, source, embedding);
        if (!config.tied() && storedHead == null && storedEmbedding != null) {
            LOG.warn(
                    "{}: config.json says that the head has a matrix of its own, but the weights hold no {}; the embedding serves",
                    folder,
                    head);
            return tied(config, true);
        }
        if (config.tied()
                && storedHead != null
                && storedEmbedding != null
                && !equal(source, storedHead, storedEmbedding)) {
            LOG.warn(
                    "{}: config.json says that the head is the embedding, but the weights hold two unequal matrices; both are kept",
                    folder);
            return tied(config, false);
        }
        return config;
    }

    private static boolean equal(WeightSource source, String one, String other) {
        WeightSource.Entry first = Objects.requireNonNull(source.entries().get(one));
        WeightSource.Entry second = Objects.requireNonNull(source.entries().get(other));
        if (!Arrays.equals(first.shape(), second.shape()) || first.dtype() != second.dtype()) {
            return false;
        }
        try (Scope scope = Scope.open("tied matrices")) {
            return source.read(one).equal(source.read(other));
        }
    }

    private static ModelConfig tied(ModelConfig config, boolean tied) {
        HeadConfig head = config.head();
        return config.with(new HeadConfig(tied, head.bias(), head.multiplier(), head.softCap(), head.normalised()));
    }

    private static @Nullable String find(ModelConfig config, WeightSource source, String parameter) {
        if (source.entries().containsKey(parameter)) {
            return parameter;
        }
        String bare = config.names().bare(parameter);
        return source.entries().containsKey(bare) ? bare : null;
    }

    private void check(VocabularyResize resize, Path folder) {
        List<String> problems = new ArrayList<>();
        Set<String> used = new HashSet<>();
        resize.stored(config, ModelShapes.of(config).all()).forEach((name, shape) -> {
            String found = find(config, source, name);
            if (found == null) {
                problems.add("missing: " + name + " " + Arrays.toString(shape));
                return;
            }
            used.add(found);
            stored.put(name, found);
            WeightSource.Entry entry = Objects.requireNonNull(source.entries().get(found));
            if (!Arrays.equals(entry.shape(), shape)) {
                problems.add(name + ": expected " + Arrays.toString(shape) + ", found " + Arrays.toString(entry.shape())
                        + " " + entry.dtype().safetensorsName() + " in " + entry.file());
            } else if (!entry.dtype().isFloating()) {
                problems.add(name + ": stored as " + entry.dtype().safetensorsName()
                        + ", which is no floating-point format; quantized checkpoints are not available yet");
            }
        });
        List<Pattern> ignored =
                config.names().ignored().stream().map(Pattern::compile).toList();
        source.entries().keySet().stream()
                .filter(name -> !used.contains(name) && !harmless(name, ignored))
                .forEach(name -> problems.add("not part of a " + config.modelType() + " model: " + name));
        report(folder, problems);
    }

    private static void report(Path folder, List<String> problems) {
        if (!problems.isEmpty()) {
            int more = problems.size() - LISTED;
            throw new WeightException(folder + ": the weights do not match config.json (" + problems.size()
                    + " tensors):\n  "
                    + String.join("\n  ", problems.subList(0, Math.min(LISTED, problems.size())))
                    + (more > 0 ? "\n  and " + more + " more" : ""));
        }
    }

    /** Tables and masks of old checkpoints, and the second copy of a tied matrix. */
    private boolean harmless(String name, List<Pattern> ignored) {
        String head = config.names().head() + ".weight";
        return (config.tied()
                        && (name.equals(head) || name.equals(config.names().bare(head))))
                || ignored.stream().anyMatch(pattern -> pattern.matcher(name).matches());
    }
}
