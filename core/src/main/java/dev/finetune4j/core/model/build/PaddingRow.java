package dev.finetune4j.core.model.build;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.model.config.ModelConfig;
import java.util.List;
import java.util.OptionalInt;

/**
 * The embedding row of the padding token. Families whose embedding is told it, in transformers, start the row with zeros and
 * never give it a gradient through the input, even where the padding token also ends answers; a tied head still does.
 */
final class PaddingRow {
    /** Embeddings of that name are told; those of GPT-2, GPT-NeoX, Falcon and their like are not. */
    private static final List<String> TOLD = List.of("embed_tokens", "tok_embeddings");

    private PaddingRow() {}

    /** Empty where the config names none, or the family does not say it to its embedding. */
    static OptionalInt of(ModelConfig config) {
        String embedding = config.names().embedding();
        JsonNode id = config.raw().path("pad_token_id");
        if (!TOLD.contains(embedding.substring(embedding.lastIndexOf('.') + 1)) || !id.isIntegralNumber()) {
            return OptionalInt.empty();
        }
        int rows = config.sizes().vocabulary();
        // Torch counts negative rows from the end; old Llama files say -1.
        int row = id.intValue() < 0 ? rows + id.intValue() : id.intValue();
        return row >= 0 && row < rows ? OptionalInt.of(row) : OptionalInt.empty();
    }
}
