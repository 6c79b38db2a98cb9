package dev.finetune4j.core.hub.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialTest {
    private final Credential token = Credential.bearer(URI.create("https://huggingface.co"), "secret");

    @Test
    void hubSeesTheToken() {
        Map<String, String> expected = Map.of("Authorization", "Bearer secret");
        assertEquals(expected, token.headersFor(URI.create("https://huggingface.co/a/b")));
        assertEquals(expected, token.headersFor(URI.create("https://HuggingFace.co:443/a/b")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://huggingface.co/a",
                "https://cdn-lfs.huggingface.co/a",
                "https://huggingface.co.evil.example/a",
                "https://huggingface.co:8443/a",
                "https://huggingface.co@evil.example/a",
                "https://evil.example/huggingface.co"
            })
    void nobodyElseDoes(String address) {
        assertEquals(Map.of(), token.headersFor(URI.create(address)));
    }

    @Test
    void textDoesNotShowIt() {
        assertFalse(token.toString().contains("secret"));
    }
}
