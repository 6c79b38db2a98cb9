package dev.finetune4j.core.model.family.qwen;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.model.family.ModelDraft;

/** Blocks without rotation: a 0 in {@code no_rope_layers}, or every so many. */
public final class Unrotated {
    private Unrotated() {}

    /** Index of the rotary embedding of a block: 0, or -1 for none. */
    public static int rope(ModelDraft draft, int block, int interval) {
        JsonNode list = draft.file().node("no_rope_layers");
        if (list.isArray() && !list.isEmpty()) {
            return list.path(block).asInt(1) == 0 ? -1 : 0;
        }
        return (block + 1) % draft.file().size("no_rope_layer_interval", interval) == 0 ? -1 : 0;
    }
}
