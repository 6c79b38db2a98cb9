package dev.finetune4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A folder with a model's config and tokenizer, the data sets {@code sums} of two rows and {@code many} of many, and a
 * settings file that trains the model from scratch for two steps.
 */
record CommandWorld(Path folder) {
    private static final String CONFIG = """
            {"model_type": "llama", "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 1,
             "num_attention_heads": 2, "num_key_value_heads": 1, "vocab_size": 482, "max_position_embeddings": 64,
             "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "hidden_act": "silu", "tie_word_embeddings": true}
            """;
    private static final String ROW = "{\"instruction\": \"2 + 2\", \"output\": \"4\"}";
    private static final int MANY = 20_000;

    static CommandWorld in(Path folder) throws IOException {
        CommandWorld world = new CommandWorld(folder);
        Path model = Files.createDirectories(folder.resolve("model"));
        Files.writeString(model.resolve("config.json"), CONFIG);
        Path tokenizer = Path.of(System.getProperty("finetune4j.root"), "data/src/test/resources/tokenizers/bytes");
        for (String file : new String[] {"tokenizer.json", "tokenizer_config.json"}) {
            Files.copy(tokenizer.resolve(file), model.resolve(file));
        }
        Files.writeString(
                folder.resolve("dataset_info.json"),
                "{\"sums\": {\"file_name\": \"sums.json\"}, \"many\": {\"file_name\": \"many.jsonl\"}}");
        Files.writeString(
                folder.resolve("sums.json"), "[" + ROW + ", {\"instruction\": \"2 + 3\", \"output\": \"5\"}]");
        Files.writeString(folder.resolve("many.jsonl"), (ROW + "\n").repeat(MANY));
        Files.writeString(world.yaml(), """
                model_name_or_path: %s
                train_from_scratch: true
                finetuning_type: full
                dataset: sums
                dataset_dir: %s
                template: chatml
                cutoff_len: 48
                max_steps: 2
                logging_steps: 1
                use_cpu: true
                output_dir: %s
                """.formatted(model, folder, world.out()));
        return world;
    }

    Path yaml() {
        return folder.resolve("run.yaml");
    }

    Path out() {
        return folder.resolve("out");
    }
}
