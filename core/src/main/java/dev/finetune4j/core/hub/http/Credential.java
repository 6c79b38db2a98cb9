package dev.finetune4j.core.hub.http;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A token and the one origin (scheme, host, port) that may see it. A request to any other origin goes without, also when
 * the hub itself redirects there: files are served by content networks, which must not learn the token.
 */
public final class Credential {
    private final String origin;
    private final Map<String, String> headers;

    private Credential(URI endpoint, Map<String, String> headers) {
        this.origin = origin(endpoint);
        this.headers = headers;
    }

    /** The token as {@code Authorization: Bearer}; no header at all where it is null. */
    public static Credential bearer(URI endpoint, @Nullable String token) {
        return new Credential(endpoint, token == null ? Map.of() : Map.of("Authorization", "Bearer " + token));
    }

    /** The token as {@code Authorization: Bearer} and as a cookie of that name. */
    public static Credential bearerAndCookie(URI endpoint, @Nullable String token, String cookie) {
        if (token == null) {
            return bearer(endpoint, null);
        }
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Authorization", "Bearer " + token);
        headers.put("Cookie", cookie + "=" + token);
        return new Credential(endpoint, headers);
    }

    /** Whether there is a token. */
    public boolean isPresent() {
        return !headers.isEmpty();
    }

    /** The headers that a request to that address may carry. */
    Map<String, String> headersFor(URI address) {
        return origin(address).equals(origin) ? headers : Map.of();
    }

    /** Whether both addresses have the same scheme, host and port. */
    public static boolean sameOrigin(URI one, URI other) {
        return origin(one).equals(origin(other));
    }

    private static String origin(URI address) {
        String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
        String host = String.valueOf(address.getHost()).toLowerCase(Locale.ROOT);
        int port = address.getPort() >= 0 ? address.getPort() : scheme.equals("https") ? 443 : 80;
        return scheme + "://" + host + ":" + port;
    }

    /** Never the token. */
    @Override
    public String toString() {
        return (isPresent() ? "a token" : "no token") + " for " + origin;
    }
}
