package dev.finetune4j.core.hub;

import dev.finetune4j.core.error.HubException.Kind;
import dev.finetune4j.core.hub.cache.Folders;
import dev.finetune4j.core.hub.http.Failures;
import dev.finetune4j.core.hub.repo.FileSelection;
import dev.finetune4j.core.hub.repo.RepoId;
import dev.finetune4j.core.hub.repo.RepoListing;
import dev.finetune4j.core.hub.repo.RepoPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * Folders {@code owner/name} below a root as a hub, for machines that reach none. There is one revision, called {@code main}
 * or {@code master}.
 */
public final class LocalFiles implements Hub {
    private static final String NAME = "Local";
    private static final Set<String> REVISIONS = Set.of("main", "master");

    private final Path root;

    public LocalFiles(Path root) {
        this.root = root;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Path file(RepoId repo, String revision, String path) {
        RepoPath wanted = new RepoPath(NAME, repo, revision, path);
        Path file = folder(wanted).resolve(path);
        if (!Files.isRegularFile(file)) {
            throw wanted.failure(Kind.FILE_NOT_FOUND, "There is no file " + file.toAbsolutePath() + ".");
        }
        return file;
    }

    @Override
    public Path snapshot(RepoId repo, String revision, FileSelection selection) {
        return folder(new RepoPath(NAME, repo, revision, ""));
    }

    @Override
    public Path snapshot(RepoId repo, RepoListing listing, FileSelection selection) {
        return snapshot(repo, listing.revision(), selection);
    }

    @Override
    public RepoListing files(RepoId repo, String revision) {
        RepoPath whole = new RepoPath(NAME, repo, revision, "");
        Path folder = folder(whole);
        try {
            return Folders.listing(folder, revision, revision).orElseThrow();
        } catch (IOException e) {
            throw Failures.disk(whole, folder, e);
        }
    }

    private Path folder(RepoPath wanted) {
        Path folder = root.resolve(wanted.repo().name());
        if (!Files.isDirectory(folder)) {
            throw wanted.failure(Kind.REPO_NOT_FOUND, "There is no folder " + folder.toAbsolutePath() + ".");
        }
        if (!REVISIONS.contains(wanted.revision())) {
            throw wanted.failure(Kind.REVISION_NOT_FOUND, "A folder has one revision only, \"main\".");
        }
        return folder;
    }
}
