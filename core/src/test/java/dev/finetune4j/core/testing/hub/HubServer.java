package dev.finetune4j.core.testing.hub;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.finetune4j.core.testing.hub.ServedRepo.Content;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Plays a hub and, as a second server at another port, the content network that has its large files. It speaks the
 * protocols of Hugging Face, ModelScope and Modelers side by side, notes every request, and fails on demand.
 */
public final class HubServer implements AutoCloseable {
    private final HttpServer hub;
    private final HttpServer network;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, ServedRepo> models = new ConcurrentHashMap<>();
    private final Map<String, ServedRepo> datasets = new ConcurrentHashMap<>();
    private final Map<String, String> renamed = new ConcurrentHashMap<>();
    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final List<Fault> faults = new CopyOnWriteArrayList<>();
    private final Bodies bodies = new Bodies(this);

    /**
     * A request as it came in.
     *
     * @param authorization null where there was none
     */
    public record Seen(
            int port,
            String method,
            String address,
            @Nullable String authorization,
            @Nullable String cookie,
            @Nullable String range) {}

    private HubServer() throws IOException {
        this.hub = server(new Routes(this));
        this.network = server(this::contents);
    }

    public static HubServer start() {
        try {
            return new HubServer();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpServer server(HttpHandler handler) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                note(exchange);
                if (!failed(exchange)) {
                    handler.handle(exchange);
                }
            }
        });
        server.start();
        return server;
    }

    public ServedRepo model(String name) {
        return models.computeIfAbsent(name, ServedRepo::new);
    }

    public ServedRepo dataset(String name) {
        return datasets.computeIfAbsent(name, ServedRepo::new);
    }

    @Nullable
    ServedRepo find(boolean dataset, String name) {
        return (dataset ? datasets : models).get(name);
    }

    /** Answers questions about one name by a redirect to another name at the same host, as a renamed repository does. */
    public void rename(String from, String to) {
        renamed.put(from, to);
    }

    Optional<String> renamed(String address) {
        return renamed.entrySet().stream()
                .filter(entry -> address.contains("/" + entry.getKey() + "/"))
                .map(entry -> address.replace("/" + entry.getKey() + "/", "/" + entry.getValue() + "/"))
                .findFirst();
    }

    public URI endpoint() {
        return address("localhost", hub);
    }

    /** Where the large files are. */
    public URI network() {
        return address("127.0.0.1", network);
    }

    /** Two names of one machine, so that they are two hosts for every client. */
    private static URI address(String host, HttpServer server) {
        return URI.create("http://" + host + ":" + server.getAddress().getPort());
    }

    /** Adds a failure to those that wait for a request. */
    public void show(Fault fault) {
        faults.add(fault);
    }

    /** All requests so far, in the order in which they came. */
    public List<Seen> seen() {
        return List.copyOf(seen);
    }

    /** Requests whose address contains the text. */
    public List<Seen> seen(String part) {
        return seen.stream().filter(request -> request.address().contains(part)).toList();
    }

    /** Requests of a method whose address contains the text. */
    public List<Seen> seen(String method, String part) {
        return seen.stream()
                .filter(request ->
                        request.method().equals(method) && request.address().contains(part))
                .toList();
    }

    public void forgetRequests() {
        seen.clear();
    }

    /** Waits until so many heads have been asked for. */
    synchronized void awaitHeads(int count) {
        try {
            while (seen.stream()
                            .filter(request -> request.method().equals("HEAD"))
                            .count()
                    < count) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void note(HttpExchange exchange) {
        seen.add(new Seen(
                exchange.getLocalAddress().getPort(),
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                exchange.getRequestHeaders().getFirst("Authorization"),
                exchange.getRequestHeaders().getFirst("Cookie"),
                exchange.getRequestHeaders().getFirst("Range")));
        notifyAll();
    }

    private boolean failed(HttpExchange exchange) throws IOException {
        Optional<Fault> fault = take(exchange, Fault.Kind.STATUS);
        if (fault.isPresent()) {
            exchange.sendResponseHeaders(fault.get().number(), -1);
        }
        return fault.isPresent();
    }

    /** The next failure that waits for the address, if it is of one of these kinds; it counts as shown. */
    synchronized Optional<Fault> take(HttpExchange exchange, Fault.Kind... kinds) {
        String address = exchange.getRequestURI().toString();
        Optional<Fault> next =
                faults.stream().filter(fault -> address.contains(fault.path())).findFirst();
        if (next.isEmpty() || !List.of(kinds).contains(next.get().kind())) {
            return Optional.empty();
        }
        int index = faults.indexOf(next.get());
        if (next.get().times() > 1) {
            faults.set(index, next.get().once());
        } else {
            faults.remove(index);
        }
        return next;
    }

    Bodies bodies() {
        return bodies;
    }

    /** Where the second server has a content. */
    String addressOf(Content content) {
        return network() + "/contents/" + content.sha256();
    }

    private void contents(HttpExchange exchange) throws IOException {
        String hash = exchange.getRequestURI().getPath().replace("/contents/", "");
        for (Map<String, ServedRepo> repos : List.of(models, datasets)) {
            for (ServedRepo repo : repos.values()) {
                Optional<Content> content = repo.content(hash);
                if (content.isPresent()) {
                    bodies.send(exchange, content.get().bytes());
                    return;
                }
            }
        }
        exchange.sendResponseHeaders(404, -1);
    }

    @Override
    public void close() {
        bodies.release();
        hub.stop(0);
        network.stop(0);
        threads.shutdownNow();
    }
}
