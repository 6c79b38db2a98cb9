package dev.finetune4j.core.hub.cache;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.error.HubException;
import dev.finetune4j.core.error.HubException.Kind;
import dev.finetune4j.core.hub.http.Answer;
import dev.finetune4j.core.hub.http.HubClient;
import dev.finetune4j.core.hub.http.Retries;
import dev.finetune4j.core.hub.repo.RepoFile;
import dev.finetune4j.core.hub.repo.RepoListing;
import dev.finetune4j.core.hub.repo.RepoPath;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * The protocol of Modelers (openMind), as the client {@code openmind_hub} 1.3.0 speaks it: {@code /api/v1/file/REPO/info}
 * describes a file, {@code /api/v1/file/REPO} lists one folder and names the last commit, {@code …/REVISION/media/PATH} has
 * the bytes. Models and data sets share these addresses. Run against a server of our own only, never against the hub.
 */
public final class ModelersRemote implements Remote {
    /** More folders than any repository of data or weights has. */
    private static final int MOST_FOLDERS = 10_000;

    private final HubClient client;
    private final URI endpoint;

    public ModelersRemote(HubClient client, URI endpoint) {
        this.client = client;
        this.endpoint = endpoint;
    }

    @Override
    public HubClient client() {
        return client;
    }

    @Override
    public URI endpoint() {
        return endpoint;
    }

    @Override
    public State state(RepoPath wanted) throws IOException {
        JsonNode data = ask(wanted, file(wanted) + "/info" + query(wanted, wanted.path()));
        String commit = data.path("branch_last_commit").asText("");
        String tag = data.path("etag").asText("").replace("\"", "");
        if (commit.isEmpty() || tag.isEmpty()) {
            throw foreign(wanted, "branch_last_commit and etag");
        }
        // Asked for a commit the hub names the newest one of its branch; what was asked for is what counts.
        String named = HuggingFaceCache.isCommit(wanted.revision()) ? wanted.revision() : commit;
        return new State(named, tag, data.path("size").asLong(-1));
    }

    @Override
    public RepoListing listing(RepoPath whole) throws IOException {
        List<RepoFile> files = new ArrayList<>();
        Deque<String> folders = new ArrayDeque<>(List.of(""));
        String commit = HuggingFaceCache.isCommit(whole.revision()) ? whole.revision() : "";
        for (int seen = 0; !folders.isEmpty(); seen++) {
            if (seen == MOST_FOLDERS) {
                throw whole.failure(Kind.SERVER, "The listing has more than " + MOST_FOLDERS + " folders.");
            }
            JsonNode data = ask(whole, file(whole) + query(whole, folders.remove()));
            if (commit.isEmpty()) {
                commit = data.path("last_commit")
                        .path("commit")
                        .path("commit_sha")
                        .asText("");
            }
            if (commit.isEmpty() || !data.path("tree").isArray()) {
                throw foreign(whole, "tree and last_commit");
            }
            for (JsonNode entry : data.get("tree")) {
                if (entry.path("type").asText().equals("dir")) {
                    folders.add(entry.path("path").asText());
                } else {
                    files.add(file(entry));
                }
            }
        }
        files.sort(Comparator.comparing(RepoFile::path));
        return new RepoListing(whole.revision(), commit, files);
    }

    private static RepoFile file(JsonNode entry) {
        String tag = entry.path("etag").asText("").replace("\"", "");
        // One tag for both kinds; whether it is SHA-1 or SHA-256 says its length.
        return new RepoFile(
                entry.path("path").asText(),
                entry.path("size").asLong(-1),
                tag,
                entry.path("is_lfs").asBoolean() ? tag : "");
    }

    @Override
    public URI content(RepoPath wanted) {
        return Addresses.below(
                endpoint,
                file(wanted) + "/" + Addresses.encoded(wanted.revision()) + "/media/"
                        + Addresses.encodedPath(wanted.path()));
    }

    private static String file(RepoPath wanted) {
        return "/api/v1/file/" + wanted.repo().name();
    }

    private static String query(RepoPath wanted, String path) {
        return "?ref=" + Addresses.encoded(wanted.revision()) + "&path=" + Addresses.encoded(path);
    }

    private JsonNode ask(RepoPath wanted, String address) throws IOException {
        try (Answer answer = client.ask(Addresses.below(endpoint, address))) {
            if (Retries.passes(answer.status())) {
                throw new Retries.PassingStatus("status " + answer.status(), answer.number("Retry-After"));
            }
            if (!answer.isSuccess()) {
                throw refusal(wanted, answer);
            }
            return answer.json().path("data");
        }
    }

    private HubException foreign(RepoPath wanted, String missing) {
        return wanted.failure(
                Kind.SERVER, "The answer of " + endpoint + " has no " + missing + ", so it is no answer of Modelers.");
    }

    @Override
    public HubException refusal(RepoPath wanted, Answer answer) {
        String code = code(answer);
        int status = answer.status();
        String tokens = Addresses.below(endpoint, "/my/tokens").toString();
        if (status == 401 || status == 403) {
            return wanted.failure(
                    client.hasToken() ? Kind.GATED : Kind.TOKEN,
                    "The hub denies access. Set om_hub_token to a token from " + tokens
                            + " of an account that may read the repository.");
        }
        if (status == 404 && code.equals("ref_not_exist")) {
            return wanted.failure(Kind.REVISION_NOT_FOUND, "The repository has no such branch, tag or commit.");
        }
        boolean noFile = code.equals("branch_or_path_not_found") || code.equals("not_file");
        if (status == 404 && (noFile || code.isEmpty() && !wanted.path().isEmpty())) {
            return wanted.failure(Kind.FILE_NOT_FOUND, "The revision holds no such file.");
        }
        if (status == 404) {
            return wanted.failure(
                    Kind.REPO_NOT_FOUND,
                    "There is no such repository, or it is private and needs om_hub_token. Check the name at "
                            + endpoint + ".");
        }
        return wanted.failure(Kind.SERVER, "The hub answers with status " + status + " " + code + ".");
    }

    private static String code(Answer answer) {
        try {
            return answer.json().path("code").asText("");
        } catch (IOException e) {
            // An answer without a body is judged by its status.
            return "";
        }
    }
}
