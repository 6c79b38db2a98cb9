package dev.finetune4j.core.hub.repo;

/**
 * A file as a hub lists it.
 *
 * @param path inside the repository, with forward slashes
 * @param size bytes, or −1 where the hub does not say
 * @param blobId git's SHA-1 of the content (of the pointer, for a large file), or what else the hub knows it by; empty where
 *     the hub does not say
 * @param sha256 SHA-256 of the content for files kept outside git; empty for others
 */
public record RepoFile(String path, long size, String blobId, String sha256) {
    /** The hash under which the content can be checked: SHA-256 if known, else git's SHA-1, else empty. */
    public String hash() {
        return sha256.isEmpty() ? blobId : sha256;
    }
}
