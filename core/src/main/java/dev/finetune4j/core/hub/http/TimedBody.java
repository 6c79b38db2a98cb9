package dev.finetune4j.core.hub.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A body as a stream whose reads fail when nothing arrives for a while. The time limit of the JDK's client ends with the
 * headers; without this a connection that falls silent would stop a run for ever.
 */
final class TimedBody extends InputStream implements BodySubscriber<InputStream> {
    private final BlockingQueue<List<ByteBuffer>> arrived = new LinkedBlockingQueue<>();
    /** Put behind the last bytes; known by identity. */
    private final List<ByteBuffer> end = new ArrayList<>();

    private final CompletableFuture<Subscription> subscription = new CompletableFuture<>();
    private final Duration patience;
    private volatile @Nullable Throwable failure;
    private List<ByteBuffer> buffers = List.of();
    private int next;
    private boolean ended;

    TimedBody(Duration patience) {
        this.patience = patience;
    }

    @Override
    public CompletionStage<InputStream> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Subscription given) {
        subscription.complete(given);
        given.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> item) {
        arrived.add(item);
    }

    @Override
    public void onError(Throwable thrown) {
        failure = thrown;
        arrived.add(end);
    }

    @Override
    public void onComplete() {
        arrived.add(end);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (true) {
            while (next < buffers.size()) {
                ByteBuffer buffer = buffers.get(next);
                if (buffer.hasRemaining()) {
                    int count = Math.min(length, buffer.remaining());
                    buffer.get(target, offset, count);
                    return count;
                }
                next++;
            }
            if (ended || !more()) {
                return -1;
            }
        }
    }

    /** Waits for the next bytes; false at the end. */
    private boolean more() throws IOException {
        List<ByteBuffer> taken = take();
        if (taken == end) {
            ended = true;
            Throwable thrown = failure;
            if (thrown != null) {
                throw new IOException("The connection broke: " + thrown.getMessage(), thrown);
            }
            return false;
        }
        // One piece is on its way while this one is used up; never more, so memory stays small.
        subscription.join().request(1);
        buffers = taken;
        next = 0;
        return true;
    }

    private List<ByteBuffer> take() throws IOException {
        try {
            List<ByteBuffer> taken = arrived.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (taken == null) {
                close();
                throw new HttpTimeoutException("nothing arrived for " + patience.toSeconds() + " s");
            }
            return taken;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            throw new InterruptedIOException("interrupted while waiting for data");
        }
    }

    @Override
    public void close() {
        if (!ended) {
            ended = true;
            subscription.thenAccept(Subscription::cancel);
        }
    }
}
