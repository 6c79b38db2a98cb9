package dev.finetune4j.data.source.cloud;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.dataset.Cursor;
import dev.finetune4j.data.source.CloudStore;
import dev.finetune4j.data.source.DataFile;
import dev.finetune4j.data.source.RecordReader;
import dev.finetune4j.data.source.Row;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a server on this machine that plays the store. */
class ObjectStoreTest {
    private static final int PAGE = 2;

    private final TreeMap<String, byte[]> objects = new TreeMap<>();
    private final List<String> requests = new ArrayList<>();
    private final AtomicInteger breaks = new AtomicInteger();
    private HttpServer server;
    private String endpoint;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        endpoint = "http://localhost:" + server.getAddress().getPort();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String authorization = exchange.getRequestHeaders().getFirst("authorization");
            synchronized (requests) {
                requests.add(exchange.getRequestMethod() + (authorization == null ? "" : " signed") + " "
                        + exchange.getRequestURI());
            }
            if (path.startsWith("/private/") && authorization == null) {
                exchange.sendResponseHeaders(403, -1);
            } else if (path.endsWith("/") && path.indexOf('/', 1) == path.length() - 1) {
                respond(
                        exchange,
                        listing(path.substring(1), exchange.getRequestURI().getRawQuery()),
                        200);
            } else if (objects.containsKey(path.substring(1))) {
                object(exchange, objects.get(path.substring(1)));
            } else {
                exchange.sendResponseHeaders(404, -1);
            }
        }
    }

    private void object(HttpExchange exchange, byte[] content) throws IOException {
        String range = exchange.getRequestHeaders().getFirst("range");
        int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(200, -1);
        } else if (breaks.getAndDecrement() > 0) {
            exchange.sendResponseHeaders(range == null ? 200 : 206, content.length - from);
            exchange.getResponseBody().write(content, from, Math.min(10_000, content.length - from - 1));
            exchange.getResponseBody().flush();
        } else {
            respond(exchange, java.util.Arrays.copyOfRange(content, from, content.length), range == null ? 200 : 206);
        }
    }

    private static void respond(HttpExchange exchange, byte[] content, int status) throws IOException {
        exchange.sendResponseHeaders(status, content.length == 0 ? -1 : content.length);
        exchange.getResponseBody().write(content);
    }

    private byte[] listing(String bucket, String query) {
        Map<String, String> parameters = new TreeMap<>();
        for (String pair : query.split("&")) {
            parameters.put(
                    pair.substring(0, pair.indexOf('=')),
                    URLDecoder.decode(pair.substring(pair.indexOf('=') + 1), StandardCharsets.UTF_8));
        }
        String prefix = bucket + parameters.get("prefix");
        String after = parameters.getOrDefault("continuation-token", "");
        List<String> keys = objects.keySet().stream()
                .filter(key -> key.startsWith(prefix)
                        && !key.substring(prefix.length()).contains("/"))
                .filter(key -> key.compareTo(after) > 0)
                .toList();
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3/\">");
        keys.stream()
                .limit(PAGE)
                .forEach(key -> xml.append("<Contents><Key>")
                        .append(key.substring(bucket.length()).replace("&", "&amp;"))
                        .append("</Key><Size>1</Size></Contents>"));
        if (keys.size() > PAGE) {
            xml.append("<NextContinuationToken>")
                    .append(keys.get(PAGE - 1).replace("&", "&amp;"))
                    .append("</NextContinuationToken>");
        }
        return xml.append("</ListBucketResult>").toString().getBytes(StandardCharsets.UTF_8);
    }

    private void put(String key, String content) {
        objects.put(key, content.getBytes(StandardCharsets.UTF_8));
    }

    private S3Store s3() {
        return new S3Store(Map.of("AWS_ENDPOINT_URL", endpoint));
    }

    private static List<Object> values(List<DataFile> files) {
        List<Object> values = new ArrayList<>();
        for (DataFile file : files) {
            try (Cursor<Row> rows =
                    RecordReader.forExtension(file.extension()).orElseThrow().open(file, "set")) {
                rows.forEachRemaining(row -> values.add(row.value("t")));
            }
        }
        return values;
    }

    @Test
    void anObjectIsReadWithoutCredentials() {
        put("bucket/dir/ü a.jsonl", "{\"t\": 1}\n{\"t\": 2}\n");
        List<DataFile> files = s3().files("s3://bucket/dir/ü a.jsonl");
        assertEquals(List.of(1, 2), values(files));
        assertEquals("s3://bucket/dir/ü a.jsonl", files.get(0).name());
        assertTrue(requests.stream().noneMatch(request -> request.contains("signed")), requests.toString());
    }

    @Test
    void aPrefixIsListedPageByPageAndSorted() {
        for (int i = 5; i > 0; i--) {
            put("bucket/dir/part&" + i + ".jsonl", "{\"t\": " + i + "}\n");
        }
        put("bucket/dir/deeper/x.jsonl", "{\"t\": 99}\n");
        put("bucket/dir/", "");
        assertEquals(List.of(1, 2, 3, 4, 5), values(s3().files("s3://bucket/dir")));
        assertEquals(List.of(1, 2, 3, 4, 5), values(s3().files("s3://bucket/dir/")));
    }

    @Test
    void credentialsOfTheEnvironmentOpenWhatIsClosed() {
        put("private/a.jsonl", "{\"t\": 1}\n");
        DataException denied = assertThrows(DataException.class, () -> s3().files("s3://private/a.jsonl"));
        assertTrue(denied.getMessage().contains("AWS_ACCESS_KEY_ID"), denied.getMessage());
        S3Store store = new S3Store(
                Map.of("AWS_ENDPOINT_URL", endpoint, "AWS_ACCESS_KEY_ID", "id", "AWS_SECRET_ACCESS_KEY", "secret"));
        requests.clear();
        assertEquals(List.of(1), values(store.files("s3://private/a.jsonl")));
        assertEquals(
                List.of("HEAD /private/a.jsonl", "HEAD signed /private/a.jsonl", "GET signed /private/a.jsonl"),
                requests);
    }

    @Test
    void googlesStoreTakesATokenAndBothSchemes() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write("t,u\n5,6\n".getBytes(StandardCharsets.UTF_8));
        }
        objects.put("private/rows.csv.gz", packed.toByteArray());
        GoogleStore store = new GoogleStore(
                Map.of("STORAGE_EMULATOR_HOST", endpoint.replace("http://", ""), "GOOGLE_OAUTH_ACCESS_TOKEN", "token"));
        assertEquals(List.of("5"), values(store.files("gs://private/rows.csv.gz")));
        assertEquals(List.of("5"), values(store.files("gcs://private/")));
    }

    @Test
    void aBrokenConnectionGoesOnWhereItBroke() {
        StringBuilder lines = new StringBuilder();
        List<Object> expected = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            lines.append("{\"t\": ").append(i).append("}\n");
            expected.add(i);
        }
        put("bucket/a.jsonl", lines.toString());
        breaks.set(3);
        assertEquals(expected, values(s3().files("s3://bucket/a.jsonl")));
        assertTrue(breaks.get() < 0);
    }

    @Test
    void whatIsNotThereIsNamed() {
        assertTrue(assertThrows(DataException.class, () -> s3().files("s3://bucket/none.jsonl"))
                .getMessage()
                .contains("404"));
        assertTrue(assertThrows(DataException.class, () -> s3().files("s3://bucket/none"))
                .getMessage()
                .contains("nothing behind"));
        assertTrue(assertThrows(DataException.class, () -> s3().files("s3://"))
                .getMessage()
                .contains("no bucket"));
        String unknown = assertThrows(DataException.class, () -> CloudStore.list("azure://x/y"))
                .getMessage();
        assertTrue(unknown.contains("gcs, gs, s3"), unknown);
        server.stop(0);
        assertTrue(assertThrows(DataException.class, () -> s3().files("s3://bucket/a.jsonl"))
                .getMessage()
                .contains("cannot be reached"));
    }

    @Test
    void amazonsOwnAddressesFollowBucketAndRegion() {
        ObjectAddress plain = new ObjectAddress("s3", "bucket", "a b");
        assertEquals(
                "https://bucket.s3.us-east-1.amazonaws.com/a%20b",
                new S3Store(Map.of()).location(plain, "").toString());
        S3Store europe = new S3Store(
                Map.of("AWS_REGION", "eu-west-1", "AWS_ACCESS_KEY_ID", "id", "AWS_SECRET_ACCESS_KEY", "secret"));
        var dotted = europe.location(new ObjectAddress("s3", "a.b", ""), "list-type=2");
        assertEquals("https://s3.eu-west-1.amazonaws.com/a.b/?list-type=2", dotted.toString());
        assertTrue(europe.credentials("GET", dotted).get("authorization").contains("/eu-west-1/s3/"));
    }
}
