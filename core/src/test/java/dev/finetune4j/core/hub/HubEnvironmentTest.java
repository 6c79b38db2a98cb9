package dev.finetune4j.core.hub;

import static dev.finetune4j.core.hub.Bench.assertFails;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.HubException.Kind;
import dev.finetune4j.core.hub.http.HubClient.Patience;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which variable wins. */
class HubEnvironmentTest {
    private @TempDir Path home;

    private HubEnvironment environment(String... namesAndValues) {
        Map<String, String> variables = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            variables.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return new HubEnvironment(variables, home, duration -> {});
    }

    @Test
    void cacheIsFoundWherePythonsToolsHaveIt() {
        assertEquals(home.resolve(".cache/huggingface/hub"), HuggingFaceHub.cache(environment()));
        assertEquals(Path.of("/x/huggingface/hub"), HuggingFaceHub.cache(environment("XDG_CACHE_HOME", "/x")));
        assertEquals(Path.of("/h/hub"), HuggingFaceHub.cache(environment("XDG_CACHE_HOME", "/x", "HF_HOME", "/h")));
        assertEquals(
                Path.of("/old"), HuggingFaceHub.cache(environment("HF_HOME", "/h", "HUGGINGFACE_HUB_CACHE", "/old")));
        assertEquals(
                Path.of("/new"),
                HuggingFaceHub.cache(environment("HUGGINGFACE_HUB_CACHE", "/old", "HF_HUB_CACHE", "/new")));
    }

    @Test
    void valuesAreExpandedAsByAShell() {
        assertEquals(home.resolve("c"), HuggingFaceHub.cache(environment("HF_HUB_CACHE", "~/c")));
        assertEquals(Path.of("/disk/c"), HuggingFaceHub.cache(environment("HF_HUB_CACHE", "${D}/c", "D", "/disk")));
        assertEquals(Path.of("/disk/c"), HuggingFaceHub.cache(environment("HF_HUB_CACHE", "$D/c", "D", "/disk")));
        assertEquals(Path.of("$E/c"), HuggingFaceHub.cache(environment("HF_HUB_CACHE", "$E/c")));
    }

    @Test
    void tokenOfTheRunWinsOverTheEnvironmentAndTheFile() throws IOException {
        assertNull(HuggingFaceHub.token(null, environment()));
        Files.createDirectories(home.resolve(".cache/huggingface"));
        Files.writeString(home.resolve(".cache/huggingface/token"), "of-file\n");
        Files.writeString(home.resolve("mine"), "of-path");
        assertEquals("of-file", HuggingFaceHub.token(null, environment()));
        assertEquals("of-path", HuggingFaceHub.token(null, environment("HF_TOKEN_PATH", "~/mine")));
        HubEnvironment older = environment("HUGGING_FACE_HUB_TOKEN", "older");
        assertEquals("older", HuggingFaceHub.token(null, older));
        HubEnvironment both = environment("HUGGING_FACE_HUB_TOKEN", "older", "HF_TOKEN", " newer\n");
        assertEquals("newer", HuggingFaceHub.token(null, both));
        assertEquals("given", HuggingFaceHub.token("given", both));
        HubEnvironment explicit = environment("HF_TOKEN", "newer", "HF_HUB_DISABLE_IMPLICIT_TOKEN", "1");
        assertNull(HuggingFaceHub.token(null, explicit));
        assertEquals("given", HuggingFaceHub.token("given", explicit));
    }

    @Test
    void nothingPrintsAToken() {
        HubSettings settings = HubSettings.DEFAULT.withTokens("secret1", "secret2", "secret3");
        assertFalse(settings.toString().contains("secret"), settings.toString());
    }

    @Test
    void switchesAreReadAsTheirOwnersReadThem() {
        assertTrue(environment("HF_HUB_OFFLINE", "ON").isOffline());
        assertTrue(environment("TRANSFORMERS_OFFLINE", "yes").isOffline());
        assertFalse(
                environment("HF_HUB_OFFLINE", "0", "TRANSFORMERS_OFFLINE", "1").isOffline());
        assertTrue(environment("USE_MODELSCOPE_HUB", "y").isEnabled("USE_MODELSCOPE_HUB"));
        assertFalse(environment("USE_MODELSCOPE_HUB", "on").isEnabled("USE_MODELSCOPE_HUB"));
    }

    @Test
    void endpointsAndTimesAreChecked() {
        assertEquals(URI.create("https://mirror.example/hf"), environment().endpoint("mirror.example/hf/", "x"));
        assertFails(Kind.INVALID, () -> environment().endpoint("https://", "x"));
        assertFails(Kind.INVALID, () -> environment().endpoint("a b", "x"));
        assertEquals(
                new Patience(Duration.ofSeconds(3), Duration.ofMillis(500)),
                environment("HF_HUB_ETAG_TIMEOUT", "3", "HF_HUB_DOWNLOAD_TIMEOUT", "0.5")
                        .patience());
        assertFails(
                Kind.INVALID, () -> environment("HF_HUB_ETAG_TIMEOUT", "soon").patience());
        assertFails(Kind.INVALID, () -> environment("HF_HUB_ETAG_TIMEOUT", "0").patience());
    }
}
