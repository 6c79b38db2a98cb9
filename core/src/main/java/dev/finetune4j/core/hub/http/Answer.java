package dev.finetune4j.core.hub.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A hub's answer to one request; closing it gives up on what has not been read of the body.
 *
 * @param address what was asked, after the redirects that were followed
 */
public record Answer(int status, URI address, HttpHeaders headers, InputStream body) implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    /** More than any listing has; what is longer is no hub's answer. */
    private static final int LONGEST = 256 << 20;

    public @Nullable String header(String name) {
        return headers.firstValue(name).orElse(null);
    }

    /** A header as a number, or −1 where it is absent or none. */
    public long number(String name) {
        String text = header(name);
        try {
            return text == null ? -1 : Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    public boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    /** Where a redirect points to; empty for everything else. */
    public Optional<URI> redirect() {
        String location = header("Location");
        if (status < 300 || status >= 400 || location == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(address.resolve(location));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * The whole body as JSON.
     *
     * @throws IOException if it breaks off or is not JSON
     */
    public JsonNode json() throws IOException {
        return JSON.readTree(body.readNBytes(LONGEST));
    }

    /** The first bytes of the body as text, for messages about answers that nobody expected. */
    public String excerpt(int bytes) {
        try {
            return new String(body.readNBytes(bytes), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "";
        }
    }

    @Override
    public void close() throws IOException {
        body.close();
    }
}
