package dev.finetune4j.core.hub.repo;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * All files of a repository at one revision.
 *
 * @param revision the branch, tag or commit that was asked for
 * @param commit the commit that the revision stood for, to ask for files of the same state afterwards; on hubs without
 *     commits in their listing, the revision itself
 * @param files sorted by path
 */
public record RepoListing(String revision, String commit, List<RepoFile> files) {
    public RepoListing {
        files = List.copyOf(files);
    }

    public List<String> paths() {
        return files.stream().map(RepoFile::path).toList();
    }

    public boolean contains(String path) {
        return files.stream().anyMatch(file -> file.path().equals(path));
    }

    /** The listed files that a selection wants. */
    public List<RepoFile> selected(FileSelection selection) {
        Set<String> wanted = new HashSet<>(selection.among(paths()));
        return files.stream().filter(file -> wanted.contains(file.path())).toList();
    }
}
