package dev.finetune4j.core.hub;

import dev.finetune4j.core.hub.cache.RepoFiles;
import dev.finetune4j.core.hub.repo.FileSelection;
import dev.finetune4j.core.hub.repo.RepoId;
import dev.finetune4j.core.hub.repo.RepoListing;
import dev.finetune4j.core.hub.repo.RepoPath;
import java.nio.file.Path;

/** A hub with a name, whose files come by way of a cache. */
abstract class KeptHub implements Hub {
    private final String name;
    private final RepoFiles files;

    KeptHub(String name, RepoFiles files) {
        this.name = name;
        this.files = files;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final Path file(RepoId repo, String revision, String path) {
        return files.file(new RepoPath(name, repo, revision, path));
    }

    @Override
    public final Path snapshot(RepoId repo, String revision, FileSelection selection) {
        return files.snapshot(new RepoPath(name, repo, revision, ""), selection);
    }

    @Override
    public final Path snapshot(RepoId repo, RepoListing listing, FileSelection selection) {
        return files.snapshot(new RepoPath(name, repo, listing.revision(), ""), listing, selection);
    }

    @Override
    public final RepoListing files(RepoId repo, String revision) {
        return files.files(new RepoPath(name, repo, revision, ""));
    }
}
