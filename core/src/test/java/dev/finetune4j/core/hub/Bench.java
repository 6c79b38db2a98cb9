package dev.finetune4j.core.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.finetune4j.core.error.HubException;
import dev.finetune4j.core.testing.hub.HubServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.function.Executable;

/** A hub server, an empty home folder, and hubs that note their pauses in place of waiting. */
final class Bench implements AutoCloseable {
    final HubServer server = HubServer.start();
    final Path home;
    final List<Duration> pauses = new CopyOnWriteArrayList<>();

    Bench(Path home) {
        this.home = home;
    }

    /** The cache of Hugging Face's hub. */
    Path cache() {
        return home.resolve(".cache/huggingface/hub");
    }

    HubEnvironment environment(String... namesAndValues) {
        Map<String, String> variables = new HashMap<>();
        variables.put("HF_ENDPOINT", server.endpoint().toString());
        variables.put("MODELSCOPE_ENDPOINT", server.endpoint().toString());
        variables.put("OPENMIND_HUB_ENDPOINT", server.endpoint().toString());
        for (int i = 0; i < namesAndValues.length; i += 2) {
            variables.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return new HubEnvironment(variables, home, pauses::add);
    }

    HuggingFaceHub huggingFace(String... namesAndValues) {
        return new HuggingFaceHub(HubSettings.DEFAULT, environment(namesAndValues));
    }

    HuggingFaceHub withToken(String token) {
        return new HuggingFaceHub(HubSettings.DEFAULT.withTokens(token, null, null), environment());
    }

    ModelScopeHub modelScope(String... namesAndValues) {
        return new ModelScopeHub(HubSettings.DEFAULT, environment(namesAndValues));
    }

    ModelersHub modelers(String... namesAndValues) {
        return new ModelersHub(HubSettings.DEFAULT, environment(namesAndValues));
    }

    static HubException assertFails(HubException.Kind kind, Executable action) {
        HubException failure = assertThrows(HubException.class, action);
        assertEquals(kind, failure.kind(), failure.getMessage());
        return failure;
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Bytes without a pattern that a shift would hide. */
    static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new java.util.Random(count).nextBytes(bytes);
        return bytes;
    }

    @Override
    public void close() {
        server.close();
    }
}
