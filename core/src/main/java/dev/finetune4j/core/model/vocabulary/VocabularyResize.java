package dev.finetune4j.core.model.vocabulary;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.finetune4j.core.model.config.ConfigFile;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.runtime.Normals;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.ParameterStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Rows that a model gets for new tokens. Rows of the checkpoint stay as they are, but for new tokens that fall into them; rows
 * beyond it that belong to no token are drawn as a fresh embedding is.
 *
 * @param stored rows of the checkpoint
 * @param rows rows of the model, at least {@code stored}
 * @param tokens new tokens, each with an id below {@code rows}
 * @param seed keys the draws
 */
public record VocabularyResize(int stored, int rows, List<NewToken> tokens, long seed) {
    /** Nothing changes. */
    public static final VocabularyResize NONE = new VocabularyResize(0, 0, List.of(), 0);

    private static final int MULTIPLE = 64;
    private static final List<String> SIZE_KEYS = List.of("vocab_size", "padded_vocab_size");

    public VocabularyResize {
        tokens = List.copyOf(tokens);
        for (NewToken token : tokens) {
            if (token.id() < 0 || token.id() >= rows) {
                throw new IllegalArgumentException(token + " lies outside " + rows + " rows");
            }
        }
    }

    /** Rows of a model for so many tokens: as many as it has if they suffice, else the next multiple of 64. */
    public static int rowsFor(int tokens, int stored) {
        return tokens <= stored ? stored : (tokens + MULTIPLE - 1) / MULTIPLE * MULTIPLE;
    }

    /** The config of a model with another number of rows. */
    public static ConfigFile withRows(ConfigFile file, String where, int rows) {
        ObjectNode root = file.root().deepCopy();
        boolean inside = put(root.path("text_config"), rows);
        if (!put(root, rows) && !inside) {
            root.put(SIZE_KEYS.get(0), rows);
        }
        return new ConfigFile(where, root);
    }

    private static boolean put(JsonNode node, int rows) {
        boolean found = false;
        for (String key : SIZE_KEYS) {
            if (node instanceof ObjectNode object && object.has(key)) {
                object.put(key, rows);
                found = true;
            }
        }
        return found;
    }

    private boolean grows() {
        return rows > stored;
    }

    private static Set<String> tables(ModelConfig config) {
        String head = config.names().head();
        return Set.of(config.names().embedding() + ".weight", head + ".weight", head + ".bias");
    }

    /** The shapes of a model's tensors as its checkpoint has them. */
    public Map<String, long[]> stored(ModelConfig config, Map<String, long[]> shapes) {
        if (!grows()) {
            return shapes;
        }
        Map<String, long[]> before = new LinkedHashMap<>(shapes);
        for (String table : tables(config)) {
            before.computeIfPresent(table, (name, shape) -> {
                long[] smaller = shape.clone();
                smaller[0] = stored;
                return smaller;
            });
        }
        return before;
    }

    /** The part of a tensor's memory that the checkpoint fills; in the caller's scope. */
    public Tensor stored(ModelConfig config, String name, Tensor memory) {
        return grows() && tables(config).contains(name) ? memory.narrow(0, 0, stored) : memory;
    }

    /** Fills what the checkpoint did not: rows beyond it, and those of new tokens. */
    public void fill(ModelConfig config, ParameterStore store) {
        if (!grows() && tokens.isEmpty()) {
            return;
        }
        forEachTable(config, store, (rows, embedding) -> {
            rows.pad(config.stored().initializerRange());
            rows.start(embedding);
        });
        Parameter bias = store.find(config.names().head() + ".bias");
        if (bias != null) {
            bias(bias);
        }
    }

    /** Starts the rows of new tokens and no others, for tables that an adapter brought along. */
    public void start(ModelConfig config, ParameterStore store) {
        if (!tokens.isEmpty()) {
            forEachTable(config, store, TokenRows::start);
        }
    }

    private interface Step {
        void on(TokenRows rows, Tensor embedding);
    }

    private void forEachTable(ModelConfig config, ParameterStore store, Step step) {
        Parameter embedding = store.get(config.names().embedding() + ".weight");
        Parameter head = ownHead(config, store);
        try (Scope scope = Scope.open("new tokens")) {
            // Descriptions are read from the embedding for both tables, as LLaMA-Factory does.
            step.on(rowsOf(embedding), embedding.value());
            if (head != null) {
                step.on(rowsOf(head), embedding.value());
            }
        }
    }

    private TokenRows rowsOf(Parameter table) {
        return new TokenRows(table, this, new Normals(seed));
    }

    private static @Nullable Parameter ownHead(ModelConfig config, ParameterStore store) {
        String name = config.names().head() + ".weight";
        return config.tied() && store.ties().containsKey(name) ? null : store.find(name);
    }

    private void bias(Parameter bias) {
        try (Scope scope = Scope.open("bias of new tokens")) {
            if (grows()) {
                bias.value().narrow(0, stored, rows - stored).zero_();
            }
            Tensor mean = rowsOf(bias).mean();
            tokens.forEach(token -> bias.value().narrow(0, token.id(), 1).copy_(mean));
        }
    }

    /** Ids of the new tokens. */
    Set<Integer> ids() {
        return tokens.stream().map(NewToken::id).collect(Collectors.toSet());
    }
}
