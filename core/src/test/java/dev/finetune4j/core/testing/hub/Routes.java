package dev.finetune4j.core.testing.hub;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Which protocol an address belongs to. */
final class Routes implements HttpHandler {
    private final HubServer server;
    private final HuggingFaceRoutes huggingFace;
    private final ModelScopeRoutes modelScope;
    private final ModelersRoutes modelers;

    Routes(HubServer server) {
        this.server = server;
        this.huggingFace = new HuggingFaceRoutes(server);
        this.modelScope = new ModelScopeRoutes(server);
        this.modelers = new ModelersRoutes(server);
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        Optional<String> elsewhere = server.renamed(exchange.getRequestURI().toString());
        if (elsewhere.isPresent()) {
            exchange.getResponseHeaders().set("Location", elsewhere.get());
            exchange.sendResponseHeaders(307, -1);
            return;
        }
        String path = exchange.getRequestURI().getRawPath();
        boolean answered = path.startsWith("/api/v1/file/")
                ? modelers.handle(exchange, path)
                : path.startsWith("/api/v1/") ? modelScope.handle(exchange, path) : huggingFace.handle(exchange, path);
        if (!answered) {
            exchange.sendResponseHeaders(404, -1);
        }
    }

    static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    static Map<String, String> query(HttpExchange exchange) {
        Map<String, String> values = new LinkedHashMap<>();
        String query = exchange.getRequestURI().getRawQuery();
        for (String part : query == null ? new String[0] : query.split("&")) {
            int equals = part.indexOf('=');
            // In a query a plus is a space.
            values.put(
                    part.substring(0, equals),
                    decoded(part.substring(equals + 1).replace("+", " ")));
        }
        return values;
    }

    static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
