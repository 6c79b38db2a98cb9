package dev.finetune4j.core.hub;

import static dev.finetune4j.core.hub.Bench.assertFails;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.finetune4j.core.error.HubException;
import dev.finetune4j.core.error.HubException.Kind;
import dev.finetune4j.core.hub.repo.RepoId;
import dev.finetune4j.core.testing.hub.Fault;
import dev.finetune4j.core.testing.hub.HubServer.Seen;
import dev.finetune4j.core.testing.hub.ServedRepo;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections that break, fall silent, lie or are shared; and what the token may be told to. */
class HubTransferTest {
    private static final RepoId MODEL = RepoId.model("acme/small");
    private static final byte[] WEIGHTS = Bench.bytes(200_000);
    private static final String FILE = "model.safetensors";

    private @TempDir Path home;
    private Bench bench;
    private ServedRepo repo;

    @BeforeEach
    void publish() {
        bench = new Bench(home);
        repo = bench.server.model("acme/small").file("config.json", "{}").large(FILE, WEIGHTS);
        repo.publish("main");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void assertFetched(HuggingFaceHub hub) throws IOException {
        assertArrayEquals(WEIGHTS, Files.readAllBytes(hub.file(MODEL, "main", FILE)));
    }

    private List<String> ranges() {
        List<String> ranges = new ArrayList<>();
        bench.server.seen("GET", "/contents/").forEach(request -> ranges.add(String.valueOf(request.range())));
        return ranges;
    }

    @Test
    void tokenNeverReachesTheContentNetwork() throws IOException {
        repo.withToken("secret");
        assertFetched(bench.withToken("secret"));
        List<Seen> hub = bench.server.seen("/resolve/");
        assertEquals(2, hub.size(), "one head, one get");
        hub.forEach(request -> assertEquals("Bearer secret", request.authorization()));
        List<Seen> network = bench.server.seen("/contents/");
        assertEquals(1, network.size());
        network.forEach(request -> {
            assertEquals(bench.server.network().getPort(), request.port());
            assertNull(request.authorization(), "another host must not learn the token");
        });
    }

    @Test
    void renamedRepositoryIsFollowedOnTheSameHostWithTheToken() {
        repo.withToken("secret");
        bench.server.rename("acme/old", "acme/small");
        HuggingFaceHub hub = bench.withToken("secret");
        assertEquals("{}", Bench.text(hub.file(RepoId.model("acme/old"), "main", "config.json")));
        assertEquals(2, hub.files(RepoId.model("acme/old"), "main").files().size());
    }

    @Test
    void mirrorThatSendsToTheHubIsFollowedWithoutTheToken() throws IOException {
        HttpServer mirror = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        mirror.createContext("/", exchange -> {
            try (exchange) {
                String target =
                        bench.server.endpoint() + exchange.getRequestURI().toString();
                exchange.getResponseHeaders().set("Location", target);
                exchange.sendResponseHeaders(308, -1);
            }
        });
        mirror.start();
        try {
            String endpoint = "http://localhost:" + mirror.getAddress().getPort();
            assertFetched(bench.huggingFace("HF_ENDPOINT", endpoint, "HF_TOKEN", "of the mirror"));
            assertEquals(3, bench.server.seen().size(), "a head, a get, the content");
            bench.server.seen().forEach(request -> assertNull(request.authorization()));
        } finally {
            mirror.stop(0);
        }
    }

    @Test
    void brokenTransferGoesOnWhereItBroke() throws IOException {
        bench.server.show(Fault.cut("/contents/", 70_000, 1));
        bench.server.show(Fault.cut("/contents/", 50_000, 1));
        assertFetched(bench.huggingFace());
        assertEquals(3, ranges().size());
        assertEquals("null", ranges().get(0));
        assertTrue(ranges().get(1).matches("bytes=[1-9]\\d*-"), ranges().get(1));
        assertEquals(Duration.ofMillis(500), bench.pauses.get(1), "an attempt that brought something starts anew");
    }

    @Test
    void nextRunGoesOnWithWhatTheLastOneLeft() throws IOException {
        bench.server.show(Fault.cut("/contents/", 120_000, 1));
        bench.server.show(Fault.status("/contents/", 503, 4));
        assertFails(Kind.SERVER, () -> bench.huggingFace().file(MODEL, "main", FILE));
        Path blobs = bench.cache().resolve("models--acme--small/blobs");
        Path left;
        try (var files = Files.list(blobs)) {
            left = files.findFirst().orElseThrow();
        }
        assertTrue(left.toString().endsWith(".incomplete"), "Python's tools see it as unfinished: " + left);
        long size = Files.size(left);
        assertTrue(size > 0 && size <= 120_000, "kept " + size);
        bench.server.forgetRequests();
        assertFetched(bench.huggingFace());
        assertEquals(List.of("bytes=" + size + "-"), ranges());
        assertFalse(Files.exists(left));
    }

    @Test
    void leftoverLongerThanTheFileIsDropped() throws IOException {
        Path blob = Files.createDirectories(bench.cache().resolve("models--acme--small/blobs"))
                .resolve(new ServedRepo.Content(WEIGHTS, true).sha256());
        Files.write(blob.resolveSibling(blob.getFileName() + ".resume.incomplete"), new byte[WEIGHTS.length + 1]);
        assertFetched(bench.huggingFace());
    }

    @Test
    void leftoverOfOtherContentIsNoticedByTheHash() throws IOException {
        Path blob = Files.createDirectories(bench.cache().resolve("models--acme--small/blobs"))
                .resolve(new ServedRepo.Content(WEIGHTS, true).sha256());
        Files.write(blob.resolveSibling(blob.getFileName() + ".resume.incomplete"), new byte[1000]);
        assertFetched(bench.huggingFace());
        assertEquals(List.of("bytes=1000-", "null"), ranges());
    }

    @Test
    void damagedTransferIsRepeatedOnceAndThenRefused() throws IOException {
        bench.server.show(Fault.damage("/contents/", 1));
        assertFetched(bench.huggingFace());

        repo.large(FILE, Bench.bytes(1234)).publish("main");
        bench.server.show(Fault.damage("/contents/", 2));
        HubException failure =
                assertFails(Kind.DAMAGED, () -> bench.huggingFace().file(MODEL, "main", FILE));
        assertTrue(failure.getMessage().contains("proxy"), failure.getMessage());
        try (var files = Files.walk(bench.cache().resolve("models--acme--small/snapshots"))) {
            assertEquals(1, files.filter(Files::isRegularFile).count(), "nothing damaged is handed out");
        }
    }

    @Test
    void smallFilesAreCheckedByGitsHash() {
        bench.server.show(Fault.damage("/config.json", 2));
        assertFails(Kind.DAMAGED, () -> bench.huggingFace().file(MODEL, "main", "config.json"));
        assertEquals("{}", Bench.text(bench.huggingFace().file(MODEL, "main", "config.json")));
    }

    @Test
    void emptyFileIsAFile() {
        repo.file("empty.txt", "").publish("main");
        assertEquals("", Bench.text(bench.huggingFace().file(MODEL, "main", "empty.txt")));
    }

    @Test
    void pausesGrow() throws IOException {
        bench.server.show(Fault.status("/resolve/", 503, 4));
        assertFetched(bench.huggingFace());
        assertEquals(
                List.of(Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4)),
                bench.pauses);
    }

    @Test
    void tooManyFailuresAreAnError() {
        bench.server.show(Fault.status("/resolve/", 502, 5));
        HubException failure =
                assertFails(Kind.SERVER, () -> bench.huggingFace().file(MODEL, "main", FILE));
        assertTrue(failure.getMessage().contains("status 502"), failure.getMessage());
    }

    @Test
    void silentConnectionIsGivenUp() throws IOException {
        bench.server.show(Fault.silence("/contents/", 10_000, 1));
        assertFetched(bench.huggingFace("HF_HUB_DOWNLOAD_TIMEOUT", "0.2"));
        assertEquals(2, ranges().size());
        assertEquals(1, bench.pauses.size());
    }

    @Test
    void threadsFetchAFileOnce() throws Exception {
        bench.server.show(Fault.hold("/contents/", 4));
        HuggingFaceHub hub = bench.huggingFace();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Path>> files = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                files.add(threads.submit(() -> hub.file(MODEL, "main", FILE)));
            }
            for (Future<Path> file : files) {
                assertArrayEquals(WEIGHTS, Files.readAllBytes(file.get()));
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals(1, bench.server.seen("GET", "/contents/").size());
    }

    @Test
    void interruptedThreadStopsAndSaysSo() throws Exception {
        bench.server.show(Fault.silence("/contents/", 10, 1));
        ExecutorService threads = Executors.newSingleThreadExecutor();
        HubSettings settings = HubSettings.DEFAULT.withListener((path, done, total) -> {
            if (done == 10) {
                threads.shutdownNow();
            }
        });
        HuggingFaceHub hub = new HuggingFaceHub(settings, bench.environment());
        Future<HubException> failure =
                threads.submit(() -> assertFails(Kind.INTERRUPTED, () -> hub.file(MODEL, "main", FILE)));
        assertTrue(result(failure).getMessage().contains("interrupted"));
    }

    private static HubException result(Future<HubException> failure) throws InterruptedException, ExecutionException {
        return failure.get();
    }
}
