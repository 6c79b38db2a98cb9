package dev.finetune4j.core.hub.http;

import dev.finetune4j.core.error.HubException;
import dev.finetune4j.core.hub.repo.RepoPath;
import dev.finetune4j.core.hub.repo.TransferListener;
import dev.finetune4j.core.weights.Disk;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a file's bytes to the disk, goes on where an earlier transfer broke off, and checks the hash of the whole. What a
 * connection brought before it broke stays in the unfinished file, for the next attempt and the next process.
 */
public final class Transfer {
    private static final Logger log = LoggerFactory.getLogger(Transfer.class);
    private static final int PIECE = 1 << 16;

    private final HubClient client;
    private final Retries retries;
    private final TransferListener listener;

    /**
     * A file to fetch.
     *
     * @param address where the hub serves it; redirects are followed
     * @param size bytes, or −1 where unknown
     * @param tag its entity tag: the hash of the content on most hubs
     * @param refusal turns an answer that is no success into what callers see
     */
    public record Order(RepoPath wanted, URI address, long size, String tag, Function<Answer, HubException> refusal) {}

    public Transfer(HubClient client, Retries retries, TransferListener listener) {
        this.client = client;
        this.retries = retries;
        this.listener = listener;
    }

    /**
     * Fetches into a file, which may hold the beginning already. It is complete and checked on return.
     *
     * @throws HubException where the hub refuses, does not answer, or twice delivers something with another hash, and where
     *     the disk is full
     */
    public void fetch(Order order, Path unfinished) {
        for (int round = 1; ; round++) {
            bytes(order, unfinished);
            if (isWhole(order, unfinished)) {
                return;
            }
            remove(order, unfinished);
            if (round == 2) {
                throw order.wanted.failure(
                        HubException.Kind.DAMAGED,
                        "What arrives does not have the announced hash " + order.tag + ", twice in a row. A proxy or a"
                                + " mirror may alter it; try without one, or later.");
            }
            log.warn("{}: what arrived does not have the hash {}; it is fetched anew.", order.wanted, order.tag);
        }
    }

    private void bytes(Order order, Path unfinished) {
        long before = sizeOf(order, unfinished);
        if (order.size >= 0 && before > order.size) {
            remove(order, unfinished);
            before = 0;
        }
        Failures.requireSpace(order.wanted, Disk.folderOf(unfinished), order.size - before);
        int failures = 0;
        while (true) {
            long start = sizeOf(order, unfinished);
            try {
                if (order.size < 0 || start < order.size || start == 0) {
                    attempt(order, unfinished, start);
                }
                return;
            } catch (IOException e) {
                // An attempt that brought something is no failure in a row.
                failures = sizeOf(order, unfinished) > start ? 1 : failures + 1;
                restOrGiveUp(order, failures, e);
            }
        }
    }

    private void restOrGiveUp(Order order, int failures, IOException failure) {
        if (failures >= retries.limit() || Thread.currentThread().isInterrupted()) {
            throw Failures.network(order.wanted, order.address, failure);
        }
        try {
            retries.rest(order.wanted.toString(), failures, failure);
        } catch (IOException e) {
            throw Failures.network(order.wanted, order.address, e);
        }
    }

    private void attempt(Order order, Path unfinished, long start) throws IOException {
        try (Answer answer = client.data(order.address, start)) {
            if (Retries.passes(answer.status())) {
                throw new Retries.PassingStatus("status " + answer.status(), answer.number("Retry-After"));
            }
            if (answer.status() == 416) {
                // The beginning that is here is longer than what the hub has.
                remove(order, unfinished);
                throw new IOException("the hub has fewer bytes than arrived before");
            }
            if (!answer.isSuccess()) {
                throw order.refusal.apply(answer);
            }
            long from = goesOn(answer, start) ? start : 0;
            long announced = answer.number("Content-Length");
            long total = order.size >= 0 ? order.size : announced < 0 ? -1 : from + announced;
            store(order, answer.body(), unfinished, from, total);
        }
    }

    /** Whether the answer is the rest that was asked for, and not the whole from the start. */
    private static boolean goesOn(Answer answer, long start) throws IOException {
        if (answer.status() != 206) {
            return false;
        }
        String range = answer.header("Content-Range");
        if (range == null || !range.strip().startsWith("bytes " + start + "-")) {
            throw new IOException("another part was sent than asked for: " + range);
        }
        return true;
    }

    private void store(Order order, InputStream body, Path unfinished, long from, long total) throws IOException {
        byte[] piece = new byte[PIECE];
        long done = from;
        try (FileChannel out = open(order, unfinished, from)) {
            listener.arrived(order.wanted, done, total);
            for (int read = body.read(piece); read >= 0; read = body.read(piece)) {
                write(order, out, unfinished, ByteBuffer.wrap(piece, 0, read));
                done += read;
                listener.arrived(order.wanted, done, total);
            }
        }
        if (total >= 0 && done < total) {
            throw new EOFException("the connection ended after " + done + " of " + total + " bytes");
        }
        if (total >= 0 && done > total) {
            remove(order, unfinished);
            throw new IOException("more than the announced " + total + " bytes arrived");
        }
    }

    private static FileChannel open(Order order, Path unfinished, long from) {
        try {
            FileChannel out = FileChannel.open(unfinished, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            return out.truncate(from).position(from);
        } catch (IOException e) {
            throw Failures.disk(order.wanted, unfinished, e);
        }
    }

    private static void write(Order order, FileChannel out, Path unfinished, ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        } catch (IOException e) {
            throw Failures.disk(order.wanted, unfinished, e);
        }
    }

    private static boolean isWhole(Order order, Path unfinished) {
        try {
            return Checksum.holds(unfinished, order.tag);
        } catch (IOException e) {
            throw Failures.disk(order.wanted, unfinished, e);
        }
    }

    private static long sizeOf(Order order, Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            throw Failures.disk(order.wanted, file, e);
        }
    }

    private static void remove(Order order, Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw Failures.disk(order.wanted, file, e);
        }
    }
}
