package dev.finetune4j.data.hub;

import java.nio.file.Path;

/**
 * A data file that has been fetched.
 *
 * @param file on this machine; its name ends as in the repository, so a compression can be told from it
 * @param path inside the repository
 * @param extension of the reader for it, such as {@code jsonl}, also where the name has {@code .ndjson} or {@code .json.gz}
 */
public record HubFile(Path file, String path, String extension) {}
