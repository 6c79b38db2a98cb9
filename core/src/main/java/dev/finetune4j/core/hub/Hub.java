package dev.finetune4j.core.hub;

import dev.finetune4j.core.hub.repo.FileSelection;
import dev.finetune4j.core.hub.repo.RepoId;
import dev.finetune4j.core.hub.repo.RepoListing;
import java.nio.file.Path;

/**
 * A place where models and data sets are published. All methods fail with
 * {@link dev.finetune4j.core.error.HubException}, whose kind says why. Implementations are thread-safe. What they return
 * lies in a cache that others use too: it is read, never written.
 */
public interface Hub {
    /** For messages, such as {@code Hugging Face}. */
    String name();

    /**
     * A file on this machine, fetched if the cache does not hold it.
     *
     * @param revision branch, tag or commit
     * @param path inside the repository, with forward slashes
     */
    Path file(RepoId repo, String revision, String path);

    /**
     * The folder that holds a revision's files under their names. All that are selected are there; others may be missing.
     *
     * @param revision branch, tag or commit
     */
    Path snapshot(RepoId repo, String revision, FileSelection selection);

    /**
     * The same for a revision that has been listed: exactly that state of it, whatever has been published since.
     *
     * @param listing what {@link #files} gave
     */
    Path snapshot(RepoId repo, RepoListing listing, FileSelection selection);

    /** The whole revision. */
    default Path snapshot(RepoId repo, String revision) {
        return snapshot(repo, revision, FileSelection.ALL);
    }

    /**
     * What a revision holds. Its {@code commit} asks for files of exactly this state afterwards. Where the hub cannot be
     * asked, what the cache knows of the revision.
     */
    RepoListing files(RepoId repo, String revision);
}
