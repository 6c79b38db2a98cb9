package dev.finetune4j.core.hub.cache;

import dev.finetune4j.core.hub.repo.FileSelection;
import dev.finetune4j.core.hub.repo.RepoListing;
import dev.finetune4j.core.hub.repo.RepoPath;
import java.nio.file.Path;

/** The files of one hub by way of a cache; the same questions as {@link dev.finetune4j.core.hub.Hub} answers. */
public interface RepoFiles {
    Path file(RepoPath wanted);

    Path snapshot(RepoPath whole, FileSelection selection);

    Path snapshot(RepoPath whole, RepoListing listing, FileSelection selection);

    RepoListing files(RepoPath whole);
}
