package dev.finetune4j.core.hub.cache;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker at a time a file, among the threads of this process and the processes of this library on one machine. Python's
 * {@code filelock} uses another kind of lock on Unix, which this one does not see and which does not see this one. Nothing
 * breaks by that: contents appear under their names whole, in one step, so at worst something is fetched twice.
 */
final class FileLocks {
    private static final Logger log = LoggerFactory.getLogger(FileLocks.class);
    private static final Map<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

    private FileLocks() {}

    /** What is done under the lock. */
    @FunctionalInterface
    interface Work<T> {
        /** @param alone whether no other process does the same; false where the file system knows no locks */
        T run(boolean alone) throws IOException;
    }

    static <T> T holding(Path lockFile, Work<T> work) throws IOException {
        ReentrantLock threads =
                THREADS.computeIfAbsent(lockFile.toAbsolutePath().normalize(), path -> new ReentrantLock());
        try {
            threads.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while another thread fetches the same file");
        }
        try {
            return amongProcesses(lockFile, work);
        } finally {
            threads.unlock();
        }
    }

    private static <T> T amongProcesses(Path lockFile, Work<T> work) throws IOException {
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = lock(channel, lockFile)) {
            return work.run(lock != null);
        }
    }

    private static @Nullable FileLock lock(FileChannel channel, Path lockFile) throws IOException {
        try {
            return channel.lock();
        } catch (FileLockInterruptionException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while another process fetches the same file");
        } catch (IOException e) {
            log.debug("{} cannot be locked, so other processes may fetch the same file", lockFile, e);
            return null;
        }
    }
}
