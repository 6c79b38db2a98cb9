package dev.finetune4j.core.hub.http;

import dev.finetune4j.core.error.HubException;
import dev.finetune4j.core.hub.repo.RepoPath;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What went wrong below the level of any hub, as the one exception that callers see. */
public final class Failures {
    private Failures() {}

    /** A request that never got a proper answer. */
    public static HubException network(RepoPath wanted, URI address, IOException failure) {
        if (Thread.currentThread().isInterrupted()) {
            return wanted.failure(
                    HubException.Kind.INTERRUPTED, "The thread was interrupted while it waited for the hub.", failure);
        }
        if (failure instanceof Retries.PassingStatus) {
            return wanted.failure(
                    HubException.Kind.SERVER,
                    "The hub at " + host(address) + " keeps failing: " + failure.getMessage()
                            + ". Try again later; what" + " has arrived is kept and gone on with.",
                    failure);
        }
        return wanted.failure(
                HubException.Kind.NO_NETWORK,
                "The connection to the hub at " + host(address) + " failed: " + reason(failure)
                        + ". Check the network, a proxy"
                        + " (https_proxy) and the address of the hub; what is in the cache can be used with"
                        + " HF_HUB_OFFLINE=1.",
                failure);
    }

    /** A file or folder of the cache that could not be read or written. */
    public static HubException disk(RepoPath wanted, Path file, IOException failure) {
        if (Thread.currentThread().isInterrupted()) {
            return wanted.failure(
                    HubException.Kind.INTERRUPTED, "The thread was interrupted while it wrote to the cache.", failure);
        }
        return wanted.failure(
                HubException.Kind.DISK,
                "The cache cannot be used: " + file + ": " + reason(failure)
                        + ". Free some space or give another folder" + " with cache_dir or HF_HUB_CACHE.",
                failure);
    }

    /**
     * Makes sure that a folder's disk has room.
     *
     * @param needed bytes to come
     * @throws HubException if it has not
     */
    public static void requireSpace(RepoPath wanted, Path folder, long needed) {
        try {
            long usable = Files.getFileStore(folder).getUsableSpace();
            // Some network file systems report nothing at all.
            if (usable > 0 && needed > usable) {
                throw wanted.failure(
                        HubException.Kind.DISK,
                        needed + " more bytes are needed in " + folder + ", " + usable + " are free. Free some space or"
                                + " give another folder with cache_dir or HF_HUB_CACHE.");
            }
        } catch (IOException e) {
            throw disk(wanted, folder, e);
        }
    }

    /** Why a request failed, in a few words; the JDK leaves many of these messages empty. */
    static String reason(IOException failure) {
        Throwable cause = failure.getCause();
        if (failure instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
            return "the name of the host is unknown";
        }
        if (failure instanceof HttpTimeoutException) {
            return failure.getMessage() == null ? "no answer in time" : failure.getMessage();
        }
        if (failure instanceof ConnectException || failure instanceof NoRouteToHostException) {
            return "no connection" + (failure.getMessage() == null ? "" : " (" + failure.getMessage() + ")");
        }
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    private static String host(URI address) {
        return address.getScheme() + "://" + address.getAuthority();
    }
}
