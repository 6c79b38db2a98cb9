package dev.finetune4j.core.config;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.config.bind.Problems;
import dev.finetune4j.core.config.source.Nodes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Says LLaMA-Factory's newer dialect, with maps such as {@code peft_config: {name: lora, r: 16}}, in flat keys. Names and
 * defaults of the dialect are in {@code nested-dialect.yaml} beside this class; a flat key that is given as well wins. A
 * draft that uses none of the dialect's words stays as it is.
 */
public final class NestedDialect {
    private static final JsonNode TABLE = Resources.yaml("nested-dialect.yaml");
    private static final Set<String> MARKS = Set.of("model", "peft_config", "train_dataset");

    private final Settings draft;
    private final Problems problems;
    private final Map<String, Setting> flat = new LinkedHashMap<>();

    private NestedDialect(Settings draft, Problems problems) {
        this.draft = draft;
        this.problems = problems;
    }

    /** The draft in flat keys; fields that the dialect does not have are added to {@code problems}. */
    static Settings translate(Settings draft, Problems problems) {
        boolean nested = draft.all().stream().anyMatch(setting -> MARKS.contains(setting.key()) && !setting.isAbsent());
        return nested ? new NestedDialect(draft, problems).translate() : draft;
    }

    private Settings translate() {
        // Flat keys first, so that they win over what is translated.
        draft.all().stream().filter(this::isFlat).forEach(setting -> flat.put(setting.key(), setting));
        draft.all().stream().filter(setting -> !isFlat(setting)).forEach(this::nested);
        if (!flat.containsKey("save_steps") && !flat.containsKey("save_epochs")) {
            put("save_strategy", Nodes.of("no"), "default of the nested dialect");
        }
        putAll(TABLE.path("defaults"), "default of the nested dialect");
        return Settings.of(flat.values());
    }

    private boolean isFlat(Setting setting) {
        return !TABLE.path("keys").has(setting.key())
                && !TABLE.path("plugins").has(setting.key())
                && !Set.of("global_batch_size", "enable_activation_checkpointing")
                        .contains(setting.key());
    }

    private void nested(Setting setting) {
        if (setting.isAbsent()) {
            return;
        }
        String key = setting.key();
        if (TABLE.path("keys").has(key)) {
            put(TABLE.path("keys").get(key).asText(), setting.value(), setting.origin());
        } else if (key.equals("global_batch_size")) {
            accumulation(setting);
        } else if (key.equals("enable_activation_checkpointing")) {
            boolean off = setting.value().asText().equalsIgnoreCase("false");
            put("disable_gradient_checkpointing", Nodes.of(off), setting.origin());
        } else {
            plugin(setting);
        }
    }

    /** A step of the dialect is {@code global_batch_size} rows in micro-batches of {@code micro_batch_size}. */
    private void accumulation(Setting setting) {
        int global = setting.value().asInt();
        int micro = draft.find("micro_batch_size")
                .map(found -> found.value().asInt())
                .orElse(1);
        if (micro < 1 || global < 1 || global % micro != 0) {
            String text =
                    setting.where() + " must be a multiple of micro_batch_size " + micro + ", found " + global + ".";
            problems.add(setting, text, "");
            return;
        }
        put("gradient_accumulation_steps", Nodes.of(global / micro), setting.origin());
    }

    private void plugin(Setting setting) {
        JsonNode names = TABLE.path("plugins").path(setting.key());
        JsonNode plugin = names.path(setting.value().path("name").asText());
        if (plugin.isMissingNode()) {
            List<String> known = new ArrayList<>();
            names.fieldNames().forEachRemaining(known::add);
            String text = setting.where() + " must be a map whose name is one of " + String.join(", ", known)
                    + ", found " + setting.shown() + ".";
            problems.add(setting, text, "");
            return;
        }
        putAll(plugin.path("sets"), setting.origin());
        setting.value().properties().forEach(field -> {
            if (!field.getKey().equals("name")) {
                field(setting, plugin.path("fields").path(field.getKey()), field);
            }
        });
        putAll(plugin.path("defaults"), setting.origin());
    }

    private void field(Setting setting, JsonNode flatKey, Map.Entry<String, JsonNode> field) {
        if (flatKey.isMissingNode()) {
            String name = setting.key() + "." + field.getKey();
            problems.add(setting, "Unknown setting \"" + name + "\" (" + setting.origin() + ").", "");
        } else if (flatKey.asText().equals("adam_betas")) {
            put("adam_beta1", field.getValue().path(0), setting.origin());
            put("adam_beta2", field.getValue().path(1), setting.origin());
        } else {
            put(flatKey.asText(), field.getValue(), setting.origin());
        }
    }

    private void putAll(JsonNode keys, String origin) {
        keys.properties().forEach(entry -> put(entry.getKey(), entry.getValue(), origin));
    }

    private void put(String key, JsonNode value, String origin) {
        Setting before = flat.get(key);
        if (before == null || before.isAbsent()) {
            flat.put(key, new Setting(key, value, origin));
        }
    }
}
