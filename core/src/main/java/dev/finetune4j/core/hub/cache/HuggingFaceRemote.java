package dev.finetune4j.core.hub.cache;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.core.error.HubException;
import dev.finetune4j.core.error.HubException.Kind;
import dev.finetune4j.core.hub.http.Answer;
import dev.finetune4j.core.hub.http.Credential;
import dev.finetune4j.core.hub.http.HubClient;
import dev.finetune4j.core.hub.http.Retries;
import dev.finetune4j.core.hub.repo.RepoFile;
import dev.finetune4j.core.hub.repo.RepoId;
import dev.finetune4j.core.hub.repo.RepoListing;
import dev.finetune4j.core.hub.repo.RepoPath;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Hugging Face's protocol, and that of its mirrors: a file's state is the head of its address, where
 * {@code X-Repo-Commit}, {@code X-Linked-Etag} and {@code X-Linked-Size} describe it even when the answer points to a
 * content network; a listing is the {@code siblings} of the repository's description.
 */
public final class HuggingFaceRemote implements Remote {
    private static final int HOPS = 10;

    private final HubClient client;
    private final URI endpoint;

    public HuggingFaceRemote(HubClient client, URI endpoint) {
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
        URI address = content(wanted);
        for (int hop = 0; hop <= HOPS; hop++) {
            try (Answer answer = client.head(address)) {
                Optional<URI> elsewhere = elsewhere(answer);
                if (elsewhere.isEmpty()) {
                    return state(wanted, answer);
                }
                address = elsewhere.get();
            }
        }
        throw new IOException("more than " + HOPS + " redirects");
    }

    /**
     * Where to ask on: a renamed repository sends to its new name on the same host, a mirror to the hub itself. A redirect
     * to the content network is the answer already, for it carries the description.
     */
    private static Optional<URI> elsewhere(Answer answer) {
        return answer.redirect()
                .filter(target -> Credential.sameOrigin(answer.address(), target) || !describes(answer));
    }

    private static boolean describes(Answer answer) {
        return answer.header("X-Repo-Commit") != null && tag(answer) != null;
    }

    private State state(RepoPath wanted, Answer answer) throws IOException {
        checkPassing(answer);
        boolean redirects = answer.redirect().isPresent();
        String commit = answer.header("X-Repo-Commit");
        if (!answer.isSuccess() && !redirects) {
            HubException refusal = refusal(wanted, answer);
            if (refusal.kind() == Kind.FILE_NOT_FOUND && commit != null) {
                return new State(commit, "", -1);
            }
            throw refusal;
        }
        String tag = tag(answer);
        if (commit == null || tag == null) {
            throw wanted.failure(
                    Kind.SERVER,
                    "The answer of " + endpoint + " names no commit or entity tag, so it is no hub's. A proxy or a page"
                            + " to sign in may stand between; where HF_ENDPOINT is set, it must be the address of a hub.");
        }
        long linked = answer.number("X-Linked-Size");
        return new State(commit, tag, linked >= 0 ? linked : redirects ? -1 : answer.number("Content-Length"));
    }

    private static @Nullable String tag(Answer answer) {
        String linked = answer.header("X-Linked-Etag");
        String tag = linked == null ? answer.header("ETag") : linked;
        if (tag == null) {
            return null;
        }
        return (tag.startsWith("W/") ? tag.substring(2) : tag).replace("\"", "").strip();
    }

    @Override
    public RepoListing listing(RepoPath whole) throws IOException {
        RepoId repo = whole.repo();
        URI address = Addresses.below(
                endpoint,
                "/api/" + repo.kind().plural() + "/" + repo.name() + "/revision/" + Addresses.encoded(whole.revision())
                        + "?blobs=true");
        try (Answer answer = client.ask(address)) {
            checkPassing(answer);
            if (!answer.isSuccess()) {
                throw refusal(whole, answer);
            }
            JsonNode description = answer.json();
            if (!description.path("sha").isTextual()
                    || !description.path("siblings").isArray()) {
                throw whole.failure(
                        Kind.SERVER,
                        "The answer of " + endpoint + " has no \"sha\" and \"siblings\", so it is no hub's.");
            }
            return new RepoListing(
                    whole.revision(), description.get("sha").textValue(), files(description.get("siblings")));
        }
    }

    private static List<RepoFile> files(JsonNode siblings) {
        List<RepoFile> files = new ArrayList<>();
        for (JsonNode sibling : siblings) {
            JsonNode large = sibling.path("lfs");
            files.add(new RepoFile(
                    sibling.path("rfilename").asText(),
                    large.path("size").asLong(sibling.path("size").asLong(-1)),
                    sibling.path("blobId").asText(""),
                    large.path("sha256").asText("")));
        }
        files.sort(Comparator.comparing(RepoFile::path));
        return files;
    }

    @Override
    public URI content(RepoPath wanted) {
        return Addresses.below(
                endpoint,
                page(wanted.repo()) + "/resolve/" + Addresses.encoded(wanted.revision()) + "/"
                        + Addresses.encodedPath(wanted.path()));
    }

    private static String page(RepoId repo) {
        return (repo.kind() == RepoId.Kind.DATASET ? "/datasets/" : "/") + repo.name();
    }

    private static void checkPassing(Answer answer) throws IOException {
        if (Retries.passes(answer.status())) {
            throw new Retries.PassingStatus("status " + answer.status(), answer.number("Retry-After"));
        }
    }

    @Override
    public HubException refusal(RepoPath wanted, Answer answer) {
        String code = String.valueOf(answer.header("X-Error-Code"));
        return switch (code) {
            case "RevisionNotFound" ->
                wanted.failure(
                        Kind.REVISION_NOT_FOUND,
                        "The repository has no such branch, tag or commit. See " + web(wanted.repo())
                                + "/tree/main, and set" + " model_revision to one that is there.");
            case "EntryNotFound" -> noFile(wanted);
            case "GatedRepo" -> wanted.failure(Kind.GATED, gated(wanted.repo()));
            default -> byStatus(wanted, answer, code.equals("RepoNotFound"));
        };
    }

    private HubException byStatus(RepoPath wanted, Answer answer, boolean noRepo) {
        String message = String.valueOf(answer.header("X-Error-Message"));
        int status = answer.status();
        if (status == 401 && client.hasToken() && !noRepo) {
            return wanted.failure(
                    Kind.TOKEN,
                    "The hub does not accept the token (" + message + "). Make a new one at " + tokens() + ".");
        }
        if (status == 401 && !client.hasToken()) {
            return wanted.failure(
                    Kind.TOKEN,
                    "There is no such repository, or it is private: without a token the hub does not say which. Check the"
                            + " name, or set hf_hub_token (or HF_TOKEN) to a token from " + tokens() + ".");
        }
        if (noRepo || status == 401 || status == 404 && wanted.path().isEmpty()) {
            return wanted.failure(
                    Kind.REPO_NOT_FOUND,
                    "There is no such " + wanted.repo().kind().word()
                            + ", or the token may not see it. Check the name at " + endpoint
                            + " and whether it is a model or a data set.");
        }
        if (status == 403) {
            return wanted.failure(
                    Kind.TOKEN,
                    "The hub denies access (" + message
                            + "). The token needs the permission to read this repository; see " + tokens() + ".");
        }
        return status == 404
                ? noFile(wanted)
                : wanted.failure(Kind.SERVER, "The hub answers with status " + status + " (" + message + ").");
    }

    private HubException noFile(RepoPath wanted) {
        return wanted.failure(
                Kind.FILE_NOT_FOUND,
                "The revision holds no such file. See " + web(wanted.repo()) + "/tree/" + wanted.revision() + ".");
    }

    private String gated(RepoId repo) {
        return client.hasToken()
                ? "The owner grants access on request only. Accept the conditions at " + web(repo)
                        + " with the account that the token belongs to, and wait for the owner where that is needed."
                : "The owner grants access on request only. Accept the conditions at " + web(repo)
                        + " and set hf_hub_token (or HF_TOKEN) to a token of that account from " + tokens() + ".";
    }

    private String web(RepoId repo) {
        return Addresses.below(endpoint, page(repo)).toString();
    }

    private String tokens() {
        return Addresses.below(endpoint, "/settings/tokens").toString();
    }
}
