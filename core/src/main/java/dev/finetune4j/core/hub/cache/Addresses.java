package dev.finetune4j.core.hub.cache;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Parts of web addresses. */
final class Addresses {
    private Addresses() {}

    /** The endpoint with more behind it, which is encoded already. */
    static URI below(URI endpoint, String rest) {
        String start = endpoint.toString();
        return URI.create((start.endsWith("/") ? start.substring(0, start.length() - 1) : start) + rest);
    }

    /** One segment or query value; slashes are encoded too. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    /** A path whose slashes stay. */
    static String encodedPath(String path) {
        return Arrays.stream(path.split("/")).map(Addresses::encoded).collect(Collectors.joining("/"));
    }
}
