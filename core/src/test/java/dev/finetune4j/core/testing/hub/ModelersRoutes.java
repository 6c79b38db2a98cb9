package dev.finetune4j.core.testing.hub;

import com.sun.net.httpserver.HttpExchange;
import dev.finetune4j.core.testing.hub.ServedRepo.Content;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Modelers' addresses, which models and data sets share. */
final class ModelersRoutes {
    private static final Pattern ADDRESS = Pattern.compile("/api/v1/file/([^/]+/[^/]+)(/info|/([^/]+)/media/(.+))?");

    private final HubServer server;

    ModelersRoutes(HubServer server) {
        this.server = server;
    }

    boolean handle(HttpExchange exchange, String path) throws IOException {
        Matcher address = ADDRESS.matcher(path);
        if (!address.matches()) {
            return false;
        }
        Map<String, String> query = Routes.query(exchange);
        ServedRepo model = server.find(false, address.group(1));
        ServedRepo repo = model == null ? server.find(true, address.group(1)) : model;
        if (repo == null || !repo.admits(exchange.getRequestHeaders().getFirst("Authorization"))) {
            refuse(exchange, repo == null ? 404 : 401, repo == null ? "repo_not_found" : "denied");
            return true;
        }
        boolean media = address.group(3) != null;
        String commit = repo.commit(media ? Routes.decoded(address.group(3)) : query.getOrDefault("ref", "main"));
        if (commit == null) {
            refuse(exchange, 404, "ref_not_exist");
        } else if (media) {
            file(exchange, repo.files(commit).get(Routes.decoded(address.group(4))));
        } else if ("/info".equals(address.group(2))) {
            info(exchange, commit, query.getOrDefault("path", ""), repo.files(commit));
        } else {
            list(exchange, commit, query.getOrDefault("path", ""), repo.files(commit));
        }
        return true;
    }

    private void info(HttpExchange exchange, String commit, String path, Map<String, Content> files)
            throws IOException {
        Content content = files.get(path);
        if (content == null) {
            refuse(exchange, 404, "branch_or_path_not_found");
            return;
        }
        String entry = entry(path, content);
        String text = "{\"data\":{\"branch_last_commit\":\"" + commit + "\"," + entry.substring(1) + "}";
        server.bodies().json(exchange, 200, text);
    }

    private void list(HttpExchange exchange, String commit, String folder, Map<String, Content> files)
            throws IOException {
        String root = folder.isEmpty() ? "" : folder + "/";
        Map<String, String> entries = new TreeMap<>();
        files.forEach((path, content) -> {
            int slash = path.startsWith(root) ? path.indexOf('/', root.length()) : -2;
            if (slash >= 0) {
                String child = path.substring(0, slash);
                entries.put(child, "{\"type\":\"dir\",\"path\":" + Routes.quoted(child) + "}");
            } else if (slash == -1) {
                entries.put(path, entry(path, content));
            }
        });
        String text = "{\"data\":{\"tree\":[" + String.join(",", entries.values())
                + "],\"last_commit\":{\"commit\":{\"commit_sha\":\"" + commit + "\"}}}}";
        server.bodies().json(exchange, 200, text);
    }

    private static String entry(String path, Content content) {
        return "{\"type\":\"file\",\"path\":" + Routes.quoted(path) + ",\"size\":" + content.bytes().length
                + ",\"etag\":\"" + content.tag() + "\",\"is_lfs\":" + content.large() + "}";
    }

    private void file(HttpExchange exchange, @Nullable Content content) throws IOException {
        if (content == null) {
            refuse(exchange, 404, "branch_or_path_not_found");
        } else if (content.large()) {
            exchange.getResponseHeaders().set("Location", server.addressOf(content));
            exchange.sendResponseHeaders(302, -1);
        } else {
            server.bodies().send(exchange, content.bytes());
        }
    }

    private void refuse(HttpExchange exchange, int status, String code) throws IOException {
        server.bodies().json(exchange, status, "{\"code\":\"" + code + "\"}");
    }
}
