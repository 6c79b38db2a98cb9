package dev.finetune4j.core.testing.hub;

import com.sun.net.httpserver.HttpExchange;
import dev.finetune4j.core.testing.hub.ServedRepo.Content;
import java.io.IOException;
import java.util.Map;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Hugging Face's addresses: files, the description of a repository, and its tree as Python's snapshots ask for it. */
final class HuggingFaceRoutes {
    private static final Pattern FILE = Pattern.compile("/(datasets/)?(.+?)/resolve/([^/]+)/(.+)");
    private static final Pattern DESCRIPTION =
            Pattern.compile("/api/(models|datasets)/(.+?)(?:/(revision|tree)/([^/]+))?");

    private final HubServer server;

    HuggingFaceRoutes(HubServer server) {
        this.server = server;
    }

    boolean handle(HttpExchange exchange, String path) throws IOException {
        Matcher description = DESCRIPTION.matcher(path);
        if (description.matches()) {
            describe(exchange, description);
            return true;
        }
        Matcher file = FILE.matcher(path);
        if (file.matches()) {
            file(exchange, file);
            return true;
        }
        return false;
    }

    private void describe(HttpExchange exchange, Matcher address) throws IOException {
        ServedRepo repo = server.find(address.group(1).equals("datasets"), address.group(2));
        String revision = address.group(4) == null ? "main" : Routes.decoded(address.group(4));
        String commit = admitted(exchange, repo, revision);
        if (repo == null || commit == null) {
            return;
        }
        Map<String, Content> files = repo.files(commit);
        boolean tree = "tree".equals(address.group(3));
        StringJoiner entries = new StringJoiner(",", "[", "]");
        files.forEach((path, content) -> entries.add(tree ? treeEntry(path, content) : sibling(path, content)));
        String text = tree
                ? entries.toString()
                : "{\"id\":" + Routes.quoted(repo.name()) + ",\"sha\":\"" + commit
                        + "\",\"private\":false,\"siblings\":" + entries + "}";
        server.bodies().json(exchange, 200, text);
    }

    private static String sibling(String path, Content content) {
        String large = content.large()
                ? ",\"lfs\":{\"sha256\":\"" + content.sha256() + "\",\"size\":" + content.bytes().length
                        + ",\"pointerSize\":130}"
                : "";
        return "{\"rfilename\":" + Routes.quoted(path) + ",\"size\":" + content.bytes().length + ",\"blobId\":\""
                + content.blobId() + "\"" + large + "}";
    }

    private static String treeEntry(String path, Content content) {
        String large = content.large()
                ? ",\"lfs\":{\"oid\":\"" + content.sha256() + "\",\"size\":" + content.bytes().length
                        + ",\"pointerSize\":130}"
                : "";
        return "{\"type\":\"file\",\"oid\":\"" + content.blobId() + "\",\"size\":" + content.bytes().length
                + ",\"path\":" + Routes.quoted(path) + large + "}";
    }

    private void file(HttpExchange exchange, Matcher address) throws IOException {
        ServedRepo repo = server.find(address.group(1) != null, address.group(2));
        String commit = admitted(exchange, repo, Routes.decoded(address.group(3)));
        if (repo == null || commit == null) {
            return;
        }
        exchange.getResponseHeaders().set("X-Repo-Commit", commit);
        Content content = repo.files(commit).get(Routes.decoded(address.group(4)));
        if (content == null) {
            refuse(exchange, 404, "EntryNotFound");
        } else if (content.large()) {
            exchange.getResponseHeaders().set("X-Linked-Etag", "\"" + content.tag() + "\"");
            exchange.getResponseHeaders().set("X-Linked-Size", String.valueOf(content.bytes().length));
            exchange.getResponseHeaders().set("Location", server.addressOf(content));
            exchange.sendResponseHeaders(302, -1);
        } else {
            exchange.getResponseHeaders().set("ETag", "W/\"" + content.tag() + "\"");
            server.bodies().send(exchange, content.bytes());
        }
    }

    /** The commit asked for; null where the request has been refused. */
    private static @Nullable String admitted(HttpExchange exchange, @Nullable ServedRepo repo, String revision)
            throws IOException {
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        if (repo == null || repo.isPrivate() && !repo.isGated() && !repo.admits(authorization)) {
            refuse(exchange, authorization == null ? 401 : 404, "RepoNotFound");
            return null;
        }
        if (!repo.admits(authorization)) {
            refuse(exchange, authorization == null ? 401 : 403, "GatedRepo");
            return null;
        }
        String commit = repo.commit(revision);
        if (commit == null) {
            refuse(exchange, 404, "RevisionNotFound");
        }
        return commit;
    }

    private static void refuse(HttpExchange exchange, int status, String code) throws IOException {
        exchange.getResponseHeaders().set("X-Error-Code", code);
        exchange.getResponseHeaders().set("X-Error-Message", "refused: " + code);
        exchange.sendResponseHeaders(status, -1);
    }
}
