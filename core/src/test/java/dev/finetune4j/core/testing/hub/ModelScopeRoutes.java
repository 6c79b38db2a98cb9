package dev.finetune4j.core.testing.hub;

import com.sun.net.httpserver.HttpExchange;
import dev.finetune4j.core.testing.hub.ServedRepo.Content;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** ModelScope's addresses, with its cut of long listings and its pages for data sets. */
final class ModelScopeRoutes {
    static final int CUT = 3000;
    private static final Pattern ADDRESS =
            Pattern.compile("/api/v1/(models|datasets)/([^/]+/[^/]+)/repo(/files|/tree)?");

    private final HubServer server;

    ModelScopeRoutes(HubServer server) {
        this.server = server;
    }

    boolean handle(HttpExchange exchange, String path) throws IOException {
        Matcher address = ADDRESS.matcher(path);
        if (!address.matches()) {
            return false;
        }
        boolean dataset = address.group(1).equals("datasets");
        Map<String, String> query = Routes.query(exchange);
        ServedRepo repo = server.find(dataset, address.group(2));
        String commit = repo == null ? null : repo.commit(query.getOrDefault("Revision", "master"));
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        if (repo == null || commit == null) {
            message(exchange, 404, "record not found");
        } else if (!repo.admits(authorization)) {
            message(exchange, 403, "access denied");
        } else if (address.group(3) == null) {
            file(exchange, repo.files(commit).get(query.getOrDefault("FilePath", "")));
        } else {
            list(exchange, repo.files(commit), query, dataset);
        }
        return true;
    }

    private void file(HttpExchange exchange, @Nullable Content content) throws IOException {
        if (content == null) {
            message(exchange, 404, "no such file");
        } else if (content.large()) {
            exchange.getResponseHeaders().set("Location", server.addressOf(content));
            exchange.sendResponseHeaders(302, -1);
        } else {
            server.bodies().send(exchange, content.bytes());
        }
    }

    private void message(HttpExchange exchange, int status, String text) throws IOException {
        server.bodies()
                .json(exchange, status, "{\"Code\":" + status + ",\"Message\":\"" + text + "\",\"Success\":false}");
    }

    private void list(HttpExchange exchange, Map<String, Content> files, Map<String, String> query, boolean dataset)
            throws IOException {
        List<String> entries = new ArrayList<>(entries(files, query).values());
        if (dataset) {
            int size = Integer.parseInt(query.getOrDefault("PageSize", "200"));
            int from = Math.min(entries.size(), (Integer.parseInt(query.getOrDefault("PageNumber", "1")) - 1) * size);
            entries = entries.subList(from, Math.min(entries.size(), from + size));
        } else {
            entries = entries.subList(0, Math.min(entries.size(), CUT));
        }
        String text = "{\"Code\":200,\"Data\":{\"Files\":[" + String.join(",", entries) + "]},\"Success\":true}";
        server.bodies().json(exchange, 200, text);
    }

    private static Map<String, String> entries(Map<String, Content> files, Map<String, String> query) {
        String root = query.containsKey("Root") ? query.get("Root") + "/" : "";
        boolean recursive = query.getOrDefault("Recursive", "False").equals("True");
        Map<String, String> entries = new TreeMap<>();
        files.forEach((path, content) -> {
            if (!path.startsWith(root)) {
                return;
            }
            for (int slash = path.indexOf('/', root.length()); slash >= 0; slash = path.indexOf('/', slash + 1)) {
                String folder = path.substring(0, slash);
                entries.put(folder, "{\"Path\":" + Routes.quoted(folder) + ",\"Type\":\"tree\",\"Size\":0}");
                if (!recursive) {
                    return;
                }
            }
            entries.put(
                    path,
                    "{\"Path\":" + Routes.quoted(path) + ",\"Type\":\"blob\",\"Size\":" + content.bytes().length
                            + ",\"Sha256\":\"" + content.sha256() + "\"}");
        });
        return entries;
    }
}
