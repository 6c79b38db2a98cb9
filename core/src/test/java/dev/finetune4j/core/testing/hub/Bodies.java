package dev.finetune4j.core.testing.hub;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Sends bodies, whole or from a byte on, and spoils those that a fault waits for. */
final class Bodies {
    private final HubServer server;
    private final CountDownLatch closing = new CountDownLatch(1);

    Bodies(HubServer server) {
        this.server = server;
    }

    void json(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /** The bytes, or those that a Range header asks for; only the head for HEAD. */
    void send(HttpExchange exchange, byte[] whole) throws IOException {
        int from = start(exchange.getRequestHeaders().getFirst("Range"));
        if (from > 0 && from >= whole.length) {
            exchange.getResponseHeaders().set("Content-Range", "bytes */" + whole.length);
            exchange.sendResponseHeaders(416, -1);
            return;
        }
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(whole.length));
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        if (from > 0) {
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + from + "-" + (whole.length - 1) + "/" + whole.length);
        }
        body(exchange, from > 0 ? 206 : 200, Arrays.copyOfRange(whole, from, whole.length));
    }

    private void body(HttpExchange exchange, int status, byte[] bytes) throws IOException {
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        Optional<Fault> hold = server.take(exchange, Fault.Kind.HOLD);
        hold.ifPresent(held -> server.awaitHeads(held.number()));
        Optional<Fault> fault = server.take(exchange, Fault.Kind.CUT, Fault.Kind.SILENCE, Fault.Kind.DAMAGE);
        OutputStream out = exchange.getResponseBody();
        if (fault.isEmpty()) {
            out.write(bytes);
        } else if (fault.get().kind() == Fault.Kind.DAMAGE) {
            bytes[bytes.length / 2] ^= 1;
            out.write(bytes);
        } else {
            out.write(bytes, 0, Math.min(fault.get().number(), bytes.length));
            out.flush();
            if (fault.get().kind() == Fault.Kind.SILENCE) {
                awaitEnd();
            }
        }
    }

    private void awaitEnd() {
        try {
            closing.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void release() {
        closing.countDown();
    }

    private static int start(@Nullable String range) {
        return range == null ? 0 : Integer.parseInt(range.substring("bytes=".length(), range.indexOf('-')));
    }
}
