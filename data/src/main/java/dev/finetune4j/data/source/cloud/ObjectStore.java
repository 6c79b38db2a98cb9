package dev.finetune4j.data.source.cloud;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.source.CloudStore;
import dev.finetune4j.data.source.DataFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Lists and reads objects by the requests that Amazon's and Google's stores share. Thread-safe. */
abstract class ObjectStore implements CloudStore {
    private static final Duration CONNECT = Duration.ofSeconds(30);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final int OK = 200;
    private static final int PARTIAL = 206;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;

    private volatile @Nullable HttpClient client;
    /** Buckets that want credentials, so that not every request is sent twice. */
    private final Set<String> closed = ConcurrentHashMap.newKeySet();

    /** Where a key is read; with an empty key, where its bucket is listed. */
    abstract URI location(ObjectAddress address, String query);

    /** Headers that show who asks; null where the environment holds no credentials. */
    abstract @Nullable Map<String, String> credentials(String method, URI uri);

    /** How credentials are given, for messages. */
    abstract String credentialsHint();

    /** Takes note of what an answer says about its bucket; true where the same request should be sent again. */
    boolean redirected(ObjectAddress address, HttpResponse<InputStream> response) {
        return false;
    }

    @Override
    public final List<DataFile> files(String text) {
        ObjectAddress address = ObjectAddress.parse(text);
        DataFile file = DataFile.of(text, () -> new ResumedStream(offset -> get(address, "", offset)));
        if (!file.extension().isEmpty() && !text.endsWith("/")) {
            close(send("HEAD", address, "", 0));
            return List.of(file);
        }
        String prefix = address.key().isEmpty() || text.endsWith("/") ? address.key() : address.key() + "/";
        List<DataFile> files = new ArrayList<>();
        for (String key : list(address, prefix)) {
            ObjectAddress found = address.withKey(key);
            files.add(DataFile.of(found.toString(), () -> new ResumedStream(offset -> get(found, "", offset))));
        }
        if (files.isEmpty()) {
            throw new DataException(
                    text, "There is nothing behind this address: no key begins with \"" + prefix + "\".");
        }
        return files;
    }

    private List<String> list(ObjectAddress address, String prefix) {
        List<String> keys = new ArrayList<>();
        String token = "";
        do {
            String query = (token.isEmpty() ? "" : "continuation-token=" + ObjectAddress.encode(token, false) + "&")
                    + "delimiter=%2F&list-type=2&prefix=" + ObjectAddress.encode(prefix, false);
            Listing page = Listing.read(new ByteArrayInputStream(all(address, query)), address.toString());
            // A key that is the prefix itself stands for an empty folder.
            page.keys().stream().filter(key -> !key.equals(prefix)).forEach(keys::add);
            token = page.next();
        } while (!token.isEmpty());
        keys.sort(null);
        return keys;
    }

    private byte[] all(ObjectAddress address, String query) {
        try (InputStream in = get(address.withKey(""), query, 0)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw unreachable(address, e);
        }
    }

    private InputStream get(ObjectAddress address, String query, long offset) {
        HttpResponse<InputStream> response = send("GET", address, query, offset);
        if (offset > 0 && response.statusCode() != PARTIAL) {
            close(response);
            throw new DataException(address.toString(), "Reading broke off, and the store does not resume it.");
        }
        return response.body();
    }

    private HttpResponse<InputStream> send(String method, ObjectAddress address, String query, long offset) {
        HttpResponse<InputStream> response = once(method, address, query, offset);
        if (redirected(address, response)) {
            close(response);
            response = once(method, address, query, offset);
        }
        int status = response.statusCode();
        if (status == OK || status == PARTIAL) {
            return response;
        }
        close(response);
        throw refusal(address, status);
    }

    private HttpResponse<InputStream> once(String method, ObjectAddress address, String query, long offset) {
        URI uri = location(address, query);
        if (!closed.contains(address.bucket())) {
            HttpResponse<InputStream> response = request(method, uri, offset, Map.of(), address);
            int status = response.statusCode();
            if (status != UNAUTHORIZED && status != FORBIDDEN) {
                return response;
            }
            if (credentials(method, uri) == null) {
                return response;
            }
            close(response);
        }
        Map<String, String> signed = credentials(method, uri);
        HttpResponse<InputStream> response = request(method, uri, offset, signed == null ? Map.of() : signed, address);
        if (response.statusCode() < UNAUTHORIZED) {
            closed.add(address.bucket());
        }
        return response;
    }

    private HttpResponse<InputStream> request(
            String method, URI uri, long offset, Map<String, String> headers, ObjectAddress address) {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(uri).timeout(ANSWER).method(method, HttpRequest.BodyPublishers.noBody());
        headers.forEach(builder::header);
        if (offset > 0) {
            builder.header("range", "bytes=" + offset + "-");
        }
        try {
            return client().send(builder.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw unreachable(address, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DataException(address.toString(), "Reading was interrupted.", e);
        }
    }

    private HttpClient client() {
        HttpClient open = client;
        if (open == null) {
            open = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT)
                    .build();
            client = open;
        }
        return open;
    }

    private DataException refusal(ObjectAddress address, int status) {
        if (status == NOT_FOUND) {
            return new DataException(
                    address.toString(), "There is no such object or bucket (status 404). Correct its cloud_file_name.");
        }
        if (status == UNAUTHORIZED || status == FORBIDDEN) {
            return new DataException(
                    address.toString(),
                    "Access is denied (status " + status + ") without credentials and with those of the environment. "
                            + credentialsHint());
        }
        return new DataException(address.toString(), "The store answers with status " + status + ".");
    }

    private static DataException unreachable(ObjectAddress address, IOException e) {
        String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return new DataException(address.toString(), "The store cannot be reached: " + reason + ".", e);
    }

    private static void close(HttpResponse<InputStream> response) {
        try {
            response.body().close();
        } catch (IOException e) {
            org.slf4j.LoggerFactory.getLogger(ObjectStore.class).debug("closing an answer failed", e);
        }
    }
}
