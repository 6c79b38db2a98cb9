package dev.finetune4j.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.finetune4j.data.tokenizer.HuggingFaceTokenizer;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;

/** Test resources that scripts under parity/ wrote. */
public final class Golden {
    private Golden() {}

    public static Path path(String resource) {
        URL url = Golden.class.getResource("/" + resource);
        if (url == null) {
            throw new IllegalStateException("no test resource " + resource);
        }
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    public static JsonNode json(String resource) {
        try {
            return new JsonMapper().readTree(path(resource).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One of the tokenizers of parity/small_tokenizers.py. */
    public static Tokenizer tokenizer(String name) {
        return HuggingFaceTokenizer.load(path("tokenizers/" + name));
    }

    public static int[] ints(JsonNode array) {
        int[] values = new int[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).intValue();
        }
        return values;
    }
}
