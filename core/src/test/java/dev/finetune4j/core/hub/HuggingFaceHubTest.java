package dev.finetune4j.core.hub;

import static dev.finetune4j.core.hub.Bench.assertFails;
import static dev.finetune4j.core.hub.Bench.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.HubException;
import dev.finetune4j.core.error.HubException.Kind;
import dev.finetune4j.core.hub.repo.FileSelection;
import dev.finetune4j.core.hub.repo.RepoFile;
import dev.finetune4j.core.hub.repo.RepoId;
import dev.finetune4j.core.hub.repo.RepoListing;
import dev.finetune4j.core.testing.hub.Fault;
import dev.finetune4j.core.testing.hub.ServedRepo;
import dev.finetune4j.core.testing.hub.ServedRepo.Content;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies where in the cache, and when the hub is asked. */
class HuggingFaceHubTest {
    private static final RepoId MODEL = RepoId.model("acme/small");
    private static final byte[] WEIGHTS = Bench.bytes(50_000);

    private @TempDir Path home;
    private Bench bench;
    private ServedRepo repo;
    private String commit;

    @BeforeEach
    void publish() {
        bench = new Bench(home);
        repo = bench.server.model("acme/small").file("config.json", "{}").file("sub/vocab.txt", "a b");
        commit = repo.large("model.safetensors", WEIGHTS).publish("main");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private Path folder() {
        return bench.cache().resolve("models--acme--small");
    }

    @Test
    void cacheHasTheLayoutOfHuggingFaceHub() throws IOException {
        HuggingFaceHub hub = bench.huggingFace();
        Path config = hub.file(MODEL, "main", "config.json");
        Path vocabulary = hub.file(MODEL, "main", "sub/vocab.txt");
        Path weights = hub.file(MODEL, "main", "model.safetensors");

        Content small = new Content("{}".getBytes(StandardCharsets.UTF_8), false);
        Content large = new Content(WEIGHTS, true);
        assertEquals(folder().resolve("snapshots").resolve(commit).resolve("config.json"), config);
        assertEquals(Path.of("../../blobs", small.blobId()), Files.readSymbolicLink(config));
        assertEquals(
                Path.of("../../../blobs"), Files.readSymbolicLink(vocabulary).getParent());
        assertEquals(Path.of("../../blobs", large.sha256()), Files.readSymbolicLink(weights));
        assertEquals("{}", text(config));
        assertArrayEquals(WEIGHTS, Files.readAllBytes(weights));
        assertEquals(commit, text(folder().resolve("refs/main")));
        assertTrue(Files.exists(bench.cache().resolve(".locks/models--acme--small/" + large.sha256() + ".lock")));
        String tag = text(bench.cache().resolve("CACHEDIR.TAG"));
        assertTrue(tag.startsWith("Signature: 8a477f597d28d172789f06886806bc55\n"), tag);
        assertTrue(tag.endsWith("#\thttps://bford.info/cachedir/\n"), tag);
        assertEquals(3, list(folder().resolve("blobs")).size(), "nothing unfinished is left");
    }

    private static List<Path> list(Path folder) throws IOException {
        try (var entries = Files.list(folder)) {
            return entries.sorted().toList();
        }
    }

    @Test
    void dataSetsHaveFoldersOfTheirOwn() {
        bench.server.dataset("acme/rows").file("train.jsonl", "{}").publish("main");
        Path file = bench.huggingFace().file(RepoId.dataset("acme/rows"), "main", "train.jsonl");
        assertTrue(file.startsWith(bench.cache().resolve("datasets--acme--rows/snapshots")), file.toString());
        assertEquals(
                1,
                bench.server
                        .seen("HEAD", "/datasets/acme/rows/resolve/main/train.jsonl")
                        .size());
    }

    @Test
    void commitThatIsThereCostsNoRequest() {
        HuggingFaceHub hub = bench.huggingFace();
        Path first = hub.file(MODEL, commit, "config.json");
        assertFalse(Files.exists(folder().resolve("refs")), "a commit needs no note");
        bench.server.forgetRequests();
        assertEquals(first, hub.file(MODEL, commit, "config.json"));
        assertEquals(List.of(), bench.server.seen());
    }

    @Test
    void branchIsLookedUpAndMoves() {
        HuggingFaceHub hub = bench.huggingFace();
        Path before = hub.file(MODEL, "main", "config.json");
        String next = repo.file("config.json", "{\"a\":1}").publish("main");
        Path after = hub.file(MODEL, "main", "config.json");
        assertEquals("{}", text(before), "what was handed out stays as it is");
        assertEquals("{\"a\":1}", text(after));
        assertEquals(next, text(folder().resolve("refs/main")));
    }

    @Test
    void unchangedContentIsSharedByRevisions() {
        HuggingFaceHub hub = bench.huggingFace();
        hub.file(MODEL, "main", "model.safetensors");
        String next = repo.file("config.json", "{\"a\":1}").publish("main");
        bench.server.forgetRequests();
        Path file = hub.file(MODEL, "main", "model.safetensors");
        assertTrue(file.toString().contains(next), file.toString());
        assertEquals(List.of(), bench.server.seen("GET", ""), "the bytes are there already");
    }

    @Test
    void slashesInRevisionsBecomeFoldersOfRefs() {
        repo.publish("refs/pr/1");
        bench.huggingFace().file(MODEL, "refs/pr/1", "config.json");
        assertEquals(commit, text(folder().resolve("refs/refs/pr/1")));
        assertEquals(
                1,
                bench.server.seen("HEAD", "/resolve/refs%2Fpr%2F1/config.json").size());
    }

    @Test
    void unusualNamesAreEncodedOnTheWire() {
        repo.file("a b/ä#%?.txt", "odd").publish("main");
        assertEquals("odd", text(bench.huggingFace().file(MODEL, "main", "a b/ä#%?.txt")));
    }

    @Test
    void branchFallsBackToTheCacheWithoutNetwork() {
        HuggingFaceHub hub = bench.huggingFace();
        Path file = hub.file(MODEL, "main", "config.json");
        bench.server.close();
        assertEquals(file, hub.file(MODEL, "main", "config.json"));
        assertEquals(List.of(), bench.pauses, "who has the file does not wait for the network");
        HubException failure = assertFails(Kind.NO_NETWORK, () -> hub.file(MODEL, "main", "sub/vocab.txt"));
        assertTrue(failure.getMessage().contains("model acme/small@main, sub/vocab.txt"), failure.getMessage());
        assertEquals(4, bench.pauses.size());
    }

    @Test
    void offlineModeAsksNobody() {
        Path file = bench.huggingFace().file(MODEL, "main", "config.json");
        bench.server.forgetRequests();
        HuggingFaceHub offline = bench.huggingFace("HF_HUB_OFFLINE", "1");
        assertEquals(file, offline.file(MODEL, "main", "config.json"));
        HubException failure = assertFails(Kind.OFFLINE, () -> offline.file(MODEL, "main", "model.safetensors"));
        assertTrue(failure.getMessage().contains("HF_HUB_OFFLINE"), failure.getMessage());
        assertEquals(List.of(), bench.server.seen());
        HuggingFaceHub older = bench.huggingFace("TRANSFORMERS_OFFLINE", "true");
        assertEquals(file, older.file(MODEL, commit, "config.json"));
    }

    @Test
    void absenceIsKeptLikePresence() {
        HuggingFaceHub hub = bench.huggingFace();
        assertFails(Kind.FILE_NOT_FOUND, () -> hub.file(MODEL, "main", "sub/none.json"));
        Path mark = folder().resolve(".no_exist").resolve(commit).resolve("sub/none.json");
        assertEquals("", text(mark));
        bench.server.forgetRequests();
        assertFails(Kind.FILE_NOT_FOUND, () -> hub.file(MODEL, commit, "sub/none.json"));
        assertFails(
                Kind.FILE_NOT_FOUND,
                () -> bench.huggingFace("HF_HUB_OFFLINE", "ON").file(MODEL, "main", "sub/none.json"));
        assertEquals(List.of(), bench.server.seen());
    }

    @Test
    void withoutLinksSnapshotsHoldTheFiles() throws IOException {
        HuggingFaceHub hub = bench.huggingFace("HF_HUB_DISABLE_SYMLINKS", "1");
        Path file = hub.file(MODEL, "main", "model.safetensors");
        assertFalse(Files.isSymbolicLink(file));
        assertArrayEquals(WEIGHTS, Files.readAllBytes(file));
        assertEquals(List.of(), list(folder().resolve("blobs")), "what is new is moved, not doubled");
        assertEquals(file, hub.file(MODEL, "main", "model.safetensors"));
        assertEquals(1, bench.server.seen("GET", "/contents/").size());
    }

    @Test
    void withoutLinksSharedContentIsCopied() throws IOException {
        bench.huggingFace().file(MODEL, "main", "model.safetensors");
        repo.file("config.json", "{\"a\":1}").publish("main");
        Path file = bench.huggingFace("HF_HUB_DISABLE_SYMLINKS", "1").file(MODEL, "main", "model.safetensors");
        assertFalse(Files.isSymbolicLink(file));
        assertEquals(1, list(folder().resolve("blobs")).size());
        assertEquals(1, bench.server.seen("GET", "/contents/").size());
    }

    @Test
    void linkThatLeadsNowhereIsReplaced() throws IOException {
        HuggingFaceHub hub = bench.huggingFace();
        Path file = hub.file(MODEL, commit, "config.json");
        Files.delete(file.toRealPath());
        assertEquals("{}", text(hub.file(MODEL, commit, "config.json")));
    }

    @Test
    void listingHasSizesAndHashes() {
        RepoListing listing = bench.huggingFace().files(MODEL, "main");
        assertEquals(commit, listing.commit());
        assertEquals(List.of("config.json", "model.safetensors", "sub/vocab.txt"), listing.paths());
        Content large = new Content(WEIGHTS, true);
        assertEquals(
                new RepoFile("model.safetensors", WEIGHTS.length, large.blobId(), large.sha256()),
                listing.files().get(1));
        assertEquals(
                List.of("sub/vocab.txt"),
                listing.selected(FileSelection.only(List.of("sub/"))).stream()
                        .map(RepoFile::path)
                        .toList());
    }

    @Test
    void snapshotFetchesWhatIsSelected() throws IOException {
        repo.file("original/params.json", "{}")
                .large("pytorch_model.bin", Bench.bytes(10))
                .publish("main");
        HuggingFaceHub hub = bench.huggingFace();
        Path folder = hub.snapshot(MODEL, "main", FileSelection.MODEL);
        assertArrayEquals(WEIGHTS, Files.readAllBytes(folder.resolve("model.safetensors")));
        assertEquals("a b", text(folder.resolve("sub/vocab.txt")));
        assertFalse(Files.exists(folder.resolve("original")));
        assertFalse(Files.exists(folder.resolve("pytorch_model.bin")));
        assertEquals(folder.getFileName().toString(), text(folder().resolve("refs/main")));
        assertEquals(List.of(), bench.server.seen("HEAD", ""), "the listing says all that heads would");

        bench.server.forgetRequests();
        assertEquals(folder, hub.snapshot(MODEL, "main", FileSelection.MODEL));
        assertEquals(1, bench.server.seen().size(), "only the branch is looked up");
        bench.server.forgetRequests();
        assertEquals(folder, hub.snapshot(MODEL, folder.getFileName().toString(), FileSelection.MODEL));
        assertEquals(List.of(), bench.server.seen(), "a commit's listing is kept");
    }

    @Test
    void snapshotWithoutNetworkMustBeWhole() {
        HuggingFaceHub hub = bench.huggingFace();
        Path folder = hub.snapshot(MODEL, "main", FileSelection.only(List.of("*.json")));
        HuggingFaceHub offline = bench.huggingFace("HF_HUB_OFFLINE", "1");
        assertEquals(folder, offline.snapshot(MODEL, "main", FileSelection.only(List.of("*.json"))));
        HubException failure = assertFails(Kind.OFFLINE, () -> offline.snapshot(MODEL, "main", FileSelection.MODEL));
        assertTrue(
                failure.getMessage().contains("lacks 2 of 3 files, such as model.safetensors"), failure.getMessage());
        assertEquals(3, offline.files(MODEL, "main").files().size());
        bench.server.close();
        assertEquals(folder, hub.snapshot(MODEL, "main", FileSelection.only(List.of("*.json"))));
        assertFails(Kind.NO_NETWORK, () -> hub.snapshot(MODEL, "main"));
    }

    @Test
    void snapshotOfNothingIsAnError() {
        assertFails(
                Kind.FILE_NOT_FOUND,
                () -> bench.huggingFace().snapshot(MODEL, "main", FileSelection.only(List.of("*.gguf"))));
    }

    @Test
    void oneFileThatFailsEndsTheSnapshot() {
        bench.server.show(Fault.status("/contents/", 503, 5));
        HuggingFaceHub hub = bench.huggingFace();
        HubException failure = assertFails(Kind.SERVER, () -> hub.snapshot(MODEL, "main"));
        assertTrue(failure.getMessage().contains("model.safetensors"), failure.getMessage());
    }

    @Test
    void progressReachesTheEnd() {
        List<String> calls = new java.util.concurrent.CopyOnWriteArrayList<>();
        HubSettings settings = HubSettings.DEFAULT.withListener(
                (path, done, total) -> calls.add(path.path() + " " + done + "/" + total));
        new HuggingFaceHub(settings, bench.environment()).file(MODEL, "main", "model.safetensors");
        assertEquals("model.safetensors 0/50000", calls.get(0));
        assertEquals("model.safetensors 50000/50000", calls.get(calls.size() - 1));
    }

    @Test
    void cacheDirSettingMovesTheCache() {
        HubSettings settings = HubSettings.DEFAULT.withCacheDir(home.resolve("elsewhere"));
        Path file = new HuggingFaceHub(settings, bench.environment()).file(MODEL, "main", "config.json");
        assertTrue(file.startsWith(home.resolve("elsewhere/models--acme--small")), file.toString());
    }

    @Test
    void cacheThatCannotBeWrittenIsNamed() throws IOException {
        Path file = Files.writeString(home.resolve("occupied"), "a file");
        HubSettings settings = HubSettings.DEFAULT.withCacheDir(file);
        HuggingFaceHub hub = new HuggingFaceHub(settings, bench.environment());
        HubException failure = assertFails(Kind.DISK, () -> hub.file(MODEL, "main", "config.json"));
        assertTrue(failure.getMessage().contains("cache_dir"), failure.getMessage());
    }
}
