package dev.finetune4j.core.hub.repo;

/**
 * Told how far transfers are. Files of a snapshot arrive side by side, so calls come from several threads; they must be
 * quick, for the transfer waits.
 */
public interface TransferListener {
    TransferListener NONE = (path, done, total) -> {};

    /**
     * More of a file has arrived.
     *
     * @param path name of hub, repository, revision and file
     * @param done bytes on the disk, with those of an earlier attempt that is gone on with; may fall when a transfer begins
     *     anew
     * @param total bytes of the whole file, or −1 where unknown
     */
    void arrived(RepoPath path, long done, long total);
}
