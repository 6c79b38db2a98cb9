package dev.finetune4j.core.hub.cache;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.error.HubException;
import dev.finetune4j.core.error.HubException.Kind;
import dev.finetune4j.core.hub.http.Answer;
import dev.finetune4j.core.hub.http.HubClient;
import dev.finetune4j.core.hub.http.Retries;
import dev.finetune4j.core.hub.repo.RepoFile;
import dev.finetune4j.core.hub.repo.RepoId;
import dev.finetune4j.core.hub.repo.RepoListing;
import dev.finetune4j.core.hub.repo.RepoPath;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ModelScope's protocol, as the client {@code modelscope_hub} 0.5.1 speaks it: {@code /api/v1/models/ID/repo/files} and, a
 * page at a time, {@code /api/v1/datasets/ID/repo/tree} list a revision; {@code /repo?Revision=…&FilePath=…} has the bytes.
 * There are no commits in these answers. Run against a server of our own, which that client understands too; never against the
 * hub.
 */
public final class ModelScopeRemote {
    private static final Logger log = LoggerFactory.getLogger(ModelScopeRemote.class);
    private static final int PAGE = 200;
    /** The hub cuts a listing of a model's files here without a word. */
    private static final int CUT = 3000;

    private static final int MOST_REQUESTS = 10_000;

    private final HubClient client;
    private final URI endpoint;

    public ModelScopeRemote(HubClient client, URI endpoint) {
        this.client = client;
        this.endpoint = endpoint;
    }

    HubClient client() {
        return client;
    }

    URI endpoint() {
        return endpoint;
    }

    /**
     * Everything that a revision holds; the listing's commit is the revision.
     *
     * @throws IOException if another attempt may help
     * @throws HubException if the hub refuses
     */
    RepoListing listing(RepoPath whole) throws IOException {
        Map<String, RepoFile> files = new TreeMap<>();
        if (whole.repo().kind() == RepoId.Kind.DATASET) {
            pages(whole, files);
        } else {
            folders(whole, files);
        }
        return new RepoListing(whole.revision(), whole.revision(), List.copyOf(files.values()));
    }

    private void pages(RepoPath whole, Map<String, RepoFile> files) throws IOException {
        for (int page = 1; page <= MOST_REQUESTS; page++) {
            List<JsonNode> entries =
                    entries(whole, "/repo/tree", "&Recursive=True&PageNumber=" + page + "&PageSize=" + PAGE);
            collect(entries, files);
            if (entries.size() < PAGE) {
                return;
            }
        }
        throw whole.failure(Kind.SERVER, "The listing has more than " + MOST_REQUESTS + " pages.");
    }

    /** All at once; where that is cut, folder by folder. */
    private void folders(RepoPath whole, Map<String, RepoFile> files) throws IOException {
        Deque<String> roots = new ArrayDeque<>(List.of(""));
        for (int asked = 0; !roots.isEmpty(); asked++) {
            if (asked >= MOST_REQUESTS) {
                throw whole.failure(Kind.SERVER, "The listing takes more than " + MOST_REQUESTS + " requests.");
            }
            String root = roots.remove();
            String below = root.isEmpty() ? "" : "&Root=" + Addresses.encoded(root);
            List<JsonNode> entries = entries(whole, "/repo/files", "&Recursive=True" + below);
            collect(entries, files);
            if (entries.size() >= CUT) {
                List<JsonNode> level = entries(whole, "/repo/files", "&Recursive=False" + below);
                collect(level, files);
                if (level.size() >= CUT) {
                    log.warn("{}: the hub lists only the first {} entries of \"{}\"", whole, level.size(), root);
                }
                level.stream()
                        .filter(ModelScopeRemote::isFolder)
                        .map(ModelScopeRemote::path)
                        .forEach(roots::add);
            }
        }
    }

    private List<JsonNode> entries(RepoPath whole, String address, String more) throws IOException {
        String query = address + "?Revision=" + Addresses.encoded(whole.revision()) + more;
        try (Answer answer = client.ask(Addresses.below(endpoint, repo(whole) + query))) {
            if (Retries.passes(answer.status())) {
                throw new Retries.PassingStatus("status " + answer.status(), answer.number("Retry-After"));
            }
            if (!answer.isSuccess()) {
                throw refusal(whole, answer);
            }
            JsonNode body = answer.json();
            JsonNode data = body.path("Data");
            JsonNode found = data.isArray() ? data : data.path("Files");
            if (!found.isArray()) {
                throw refusal(
                        whole,
                        body.path("Code").asInt(answer.status()),
                        body.path("Message").asText(""));
            }
            List<JsonNode> entries = new ArrayList<>();
            found.forEach(entries::add);
            return entries;
        }
    }

    private static void collect(List<JsonNode> entries, Map<String, RepoFile> files) {
        for (JsonNode entry : entries) {
            if (!isFolder(entry) && !path(entry).isEmpty()) {
                files.putIfAbsent(
                        path(entry),
                        new RepoFile(
                                path(entry),
                                entry.path("Size").asLong(-1),
                                "",
                                entry.path("Sha256").asText("")));
            }
        }
    }

    private static boolean isFolder(JsonNode entry) {
        return entry.path("Type").asText().equals("tree");
    }

    private static String path(JsonNode entry) {
        return entry.path("Path").asText(entry.path("Name").asText(""));
    }

    /** Where the bytes of a file are. */
    URI content(RepoPath wanted) {
        return Addresses.below(
                endpoint,
                repo(wanted) + "/repo?Revision=" + Addresses.encoded(wanted.revision()) + "&FilePath="
                        + Addresses.encoded(wanted.path()));
    }

    private static String repo(RepoPath wanted) {
        return "/api/v1/" + wanted.repo().kind().plural() + "/" + wanted.repo().name();
    }

    /** What an answer that is no success means. */
    HubException refusal(RepoPath wanted, Answer answer) {
        String message;
        try {
            message = answer.json().path("Message").asText("");
        } catch (IOException e) {
            // An answer without a body is judged by its status.
            message = "";
        }
        return refusal(wanted, answer.status(), message);
    }

    private HubException refusal(RepoPath wanted, int status, String message) {
        String said = message.isEmpty() ? "" : " The hub says: " + message + ".";
        if (status == 401 || status == 403) {
            return wanted.failure(
                    Kind.TOKEN,
                    "The hub denies access." + said + " Set ms_hub_token (or MODELSCOPE_API_TOKEN) to a token from "
                            + Addresses.below(endpoint, "/my/myaccesstoken")
                            + ", and accept the conditions of the repository where it has some.");
        }
        if (status == 404 && !wanted.path().isEmpty()) {
            return wanted.failure(Kind.FILE_NOT_FOUND, "The revision holds no such file." + said);
        }
        if (status == 404) {
            return wanted.failure(
                    Kind.REPO_NOT_FOUND,
                    "There is no such " + wanted.repo().kind().word()
                            + " or no such revision, or it is private and needs"
                            + " ms_hub_token." + said + " Names often differ from Hugging Face's; look it up at "
                            + endpoint
                            + ".");
        }
        return wanted.failure(Kind.SERVER, "The hub answers with status " + status + "." + said);
    }
}
