package dev.finetune4j.core.hub.cache;

import dev.finetune4j.core.hub.repo.RepoFile;
import dev.finetune4j.core.hub.repo.RepoListing;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Folders as listings. */
public final class Folders {
    private Folders() {}

    /** All files below a folder, by name; empty if there is no such folder. Links to files count as files. */
    public static Optional<RepoListing> listing(Path folder, String revision, String commit) throws IOException {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        List<RepoFile> files = new ArrayList<>();
        try (Stream<Path> found = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            for (Path file : found.filter(Files::isRegularFile).sorted().toList()) {
                String path = folder.relativize(file).toString().replace('\\', '/');
                files.add(new RepoFile(path, Files.size(file), "", ""));
            }
        }
        return Optional.of(new RepoListing(revision, commit, files));
    }
}
