package dev.finetune4j.core.hub.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;

/**
 * Sends requests to a hub. Redirects are never left to the JDK's client, which would carry the token along to another host;
 * here every hop asks {@link Credential} anew. Thread-safe.
 */
public final class HubClient {
    private static final int HOPS = 10;
    private static final String AGENT = "finetune4j; java/" + Runtime.version().feature();

    private final HttpClient client;
    private final Credential credential;
    private final Patience patience;

    /**
     * How long to wait.
     *
     * @param answer for the head of an answer to a question
     * @param data for the head of an answer that brings data, and then for each piece of it
     */
    public record Patience(Duration answer, Duration data) {}

    public HubClient(Proxies proxies, Credential credential, Patience patience) {
        // One connection a transfer: the shared window of HTTP/2 would make transfers side by side as slow as one.
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(Redirect.NEVER)
                .proxy(proxies)
                .connectTimeout(patience.answer())
                .build();
        this.credential = credential;
        this.patience = patience;
    }

    /** Whether requests to the hub carry a token. */
    public boolean hasToken() {
        return credential.isPresent();
    }

    /** Asks for the head of an answer and follows no redirect. */
    public Answer head(URI address) throws IOException {
        return once("HEAD", address, Map.of("Accept-Encoding", "identity"), patience.answer());
    }

    /** Asks a question whose answer is small, and follows redirects. */
    public Answer ask(URI address) throws IOException {
        return follow(address, Map.of("Accept", "application/json"), patience.answer());
    }

    /** Asks for data from the given byte on, and follows redirects. */
    Answer data(URI address, long from) throws IOException {
        Map<String, String> plain = Map.of("Accept-Encoding", "identity");
        Map<String, String> rest = Map.of("Accept-Encoding", "identity", "Range", "bytes=" + from + "-");
        return follow(address, from == 0 ? plain : rest, patience.data());
    }

    private Answer follow(URI start, Map<String, String> headers, Duration limit) throws IOException {
        URI address = start;
        for (int hop = 0; hop <= HOPS; hop++) {
            Answer answer = once("GET", address, headers, limit);
            if (answer.redirect().isEmpty()) {
                return answer;
            }
            URI next = answer.redirect().get();
            answer.close();
            address = next;
        }
        throw new IOException("more than " + HOPS + " redirects, the last one to " + address.getHost());
    }

    private Answer once(String method, URI address, Map<String, String> headers, Duration limit) throws IOException {
        HttpRequest.Builder request = request(address)
                .method(method, BodyPublishers.noBody())
                .timeout(limit)
                .header("User-Agent", AGENT);
        headers.forEach(request::header);
        credential.headersFor(address).forEach(request::header);
        try {
            HttpResponse<InputStream> response = client.send(request.build(), head -> new TimedBody(patience.data()));
            return new Answer(response.statusCode(), address, response.headers(), response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for an answer");
        }
    }

    private static HttpRequest.Builder request(URI address) throws IOException {
        try {
            return HttpRequest.newBuilder(address);
        } catch (IllegalArgumentException e) {
            throw new IOException("\"" + address + "\" is no web address", e);
        }
    }
}
