package dev.finetune4j.examples.world;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Writes {@code tokenizer.json} and {@code tokenizer_config.json} in the form of the Hugging Face libraries. */
final class TokenizerFiles {

    /** Ends a text and an answer, and stands before the first turn of a conversation; its id is 0. */
    static final String END = "<|endoftext|>";

    private static final List<String> SPECIAL = List.of(END, "<|pad|>", "<|user|>", "<|assistant|>");

    /** Tokens beside the learned merges: the special ones and the bytes. */
    static final int BASE_SIZE = SPECIAL.size() + 256;

    private static final String CHAT_TEMPLATE = "{{ eos_token }}{% for message in messages %}"
            + "{% if message['role'] == 'user' %}{{ '<|user|>\n' + message['content'] }}"
            + "{% elif message['role'] == 'assistant' %}{{ '<|assistant|>\n' + message['content'] + eos_token }}"
            + "{% else %}{{ message['content'] }}{% endif %}{% endfor %}"
            + "{% if add_generation_prompt %}{{ '<|assistant|>\n' }}{% endif %}";

    private final List<BytePairTrainer.Merge> merges;

    TokenizerFiles(List<BytePairTrainer.Merge> merges) {
        this.merges = merges;
    }

    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("tokenizer.json"), tokenizer());
        Files.writeString(folder.resolve("tokenizer_config.json"), config());
    }

    private String tokenizer() {
        String byteLevel = "{\"type\": \"ByteLevel\", \"add_prefix_space\": false, \"trim_offsets\": true, "
                + "\"use_regex\": true}";
        return "{\n\"version\": \"1.0\",\n\"truncation\": null,\n\"padding\": null,\n\"added_tokens\": "
                + Json.lines(addedTokens()).strip() + ",\n\"normalizer\": null,\n\"pre_tokenizer\": " + byteLevel
                + ",\n\"post_processor\": null,\n\"decoder\": " + byteLevel
                + ",\n\"model\": {\"type\": \"BPE\", \"dropout\": null, \"unk_token\": null, "
                + "\"continuing_subword_prefix\": null, \"end_of_word_suffix\": null, \"fuse_unk\": false, "
                + "\"byte_fallback\": false, \"ignore_merges\": false,\n\"vocab\": {\n  "
                + String.join(",\n  ", vocabulary()) + "\n},\n\"merges\": "
                + Json.lines(mergeLines()).strip()
                + "}\n}\n";
    }

    private static List<String> addedTokens() {
        List<String> tokens = new ArrayList<>();
        for (String token : SPECIAL) {
            tokens.add("{\"id\": " + tokens.size() + ", \"content\": " + Json.text(token)
                    + ", \"single_word\": false, \"lstrip\": false, \"rstrip\": false, \"normalized\": false, "
                    + "\"special\": true}");
        }
        return tokens;
    }

    private List<String> vocabulary() {
        Set<String> tokens = new LinkedHashSet<>(SPECIAL);
        for (int b = 0; b < 256; b++) {
            tokens.add(String.valueOf(ByteAlphabet.of(b)));
        }
        merges.forEach(merge -> tokens.add(merge.joined()));
        List<String> entries = new ArrayList<>();
        for (String token : tokens) {
            entries.add(Json.text(token) + ": " + entries.size());
        }
        return entries;
    }

    private List<String> mergeLines() {
        return merges.stream()
                .map(merge -> Json.text(merge.left() + " " + merge.right()))
                .toList();
    }

    private static String config() {
        return "{\n  \"tokenizer_class\": \"PreTrainedTokenizerFast\",\n  \"add_bos_token\": false,\n"
                + "  \"add_prefix_space\": false,\n  \"clean_up_tokenization_spaces\": false,\n  \"eos_token\": "
                + Json.text(END) + ",\n  \"pad_token\": \"<|pad|>\",\n"
                + "  \"additional_special_tokens\": [\"<|user|>\", \"<|assistant|>\"],\n"
                + "  \"model_max_length\": 1024,\n  \"chat_template\": " + Json.text(CHAT_TEMPLATE) + "\n}\n";
    }
}
