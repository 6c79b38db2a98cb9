package dev.finetune4j.data.catalog;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.arrow.ArrowFolder;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files that a location on the disk stands for: itself, all files of a folder, those of a folder that {@code
 * save_to_disk} wrote, or those that match a pattern. Sorted by name; what begins with a dot is left out.
 */
final class LocalFiles {
    private static final String PATTERN_SIGNS = "*?[{";
    /** The split of files that know of none. */
    private static final String ONLY_SPLIT = "train";

    private final Path location;
    private final String dataset;

    LocalFiles(Path location, String dataset) {
        this.location = location;
        this.dataset = dataset;
    }

    /**
     * @param split name, or {@code all}
     * @throws DataException if nothing is there, or not that split
     */
    List<Path> of(String split) {
        if (Files.isDirectory(location) && ArrowFolder.is(location)) {
            return saved(split);
        }
        checkSplit(split, List.of(ONLY_SPLIT));
        if (Files.isRegularFile(location)) {
            return List.of(location);
        }
        if (Files.isDirectory(location)) {
            return folder();
        }
        if (isPattern(location.toString())) {
            return matching();
        }
        throw new DataException(
                location.toString(),
                "There is no such file or folder (looked for " + location.toAbsolutePath() + "), named by data set \""
                        + dataset + "\". Correct its file_name.");
    }

    private List<Path> saved(String split) {
        List<String> splits = ArrowFolder.splits(location);
        if (splits.isEmpty()) {
            checkSplit(split, List.of(ONLY_SPLIT));
            return ArrowFolder.files(location);
        }
        checkSplit(split, splits);
        List<Path> files = new ArrayList<>();
        for (String name : split.equals(SplitSpec.ALL) ? splits : List.of(split)) {
            files.addAll(ArrowFolder.files(location.resolve(name)));
        }
        return files;
    }

    private void checkSplit(String split, List<String> splits) {
        if (!splits.contains(split) && !split.equals(SplitSpec.ALL)) {
            throw new DataException(
                    location.toString(),
                    "Data set \"" + dataset + "\" has no split \"" + split + "\". Its splits: "
                            + String.join(", ", splits) + ".");
        }
    }

    private List<Path> folder() {
        try (Stream<Path> listed = Files.list(location)) {
            List<Path> files = listed.filter(file -> !isHidden(file)).sorted().toList();
            for (Path file : files) {
                if (Files.isDirectory(file)) {
                    throw new DataException(
                            file.toString(),
                            "Data set \"" + dataset + "\" names the folder around it, and folders inside a data folder"
                                    + " are not read. Move the files one level up, or name a pattern such as "
                                    + location.getFileName() + "/**/*.jsonl.");
                }
            }
            if (files.isEmpty()) {
                throw new DataException(
                        location.toString(), "There are no data files in the folder of data set \"" + dataset + "\".");
            }
            return files;
        } catch (IOException e) {
            throw unlisted(location, e);
        }
    }

    private static boolean isHidden(Path file) {
        return file.getFileName().toString().startsWith(".");
    }

    private static boolean isPattern(String text) {
        return text.chars().anyMatch(c -> PATTERN_SIGNS.indexOf(c) >= 0);
    }

    private List<Path> matching() {
        Path start = location;
        while (isPattern(start.toString())) {
            start = start.getParent() == null ? Path.of("") : start.getParent();
        }
        Path from = start;
        Path pattern = from.toString().isEmpty() ? location : from.relativize(location);
        // A pattern of two stars and a slash also stands for no folder at all.
        List<PathMatcher> matchers = Stream.of(
                        pattern.toString(), pattern.toString().replace("**/", ""))
                .distinct()
                .map(text -> FileSystems.getDefault().getPathMatcher("glob:" + text))
                .toList();
        int depth = pattern.toString().contains("**") ? Integer.MAX_VALUE : pattern.getNameCount();
        if (!Files.isDirectory(from)) {
            throw nothing(from);
        }
        try (Stream<Path> walked = Files.walk(from, depth)) {
            List<Path> files = walked.filter(Files::isRegularFile)
                    .filter(file -> {
                        Path inside = from.relativize(file);
                        return matchers.stream().anyMatch(matcher -> matcher.matches(inside)) && !anyHidden(inside);
                    })
                    .sorted()
                    .toList();
            if (files.isEmpty()) {
                throw nothing(from);
            }
            return files;
        } catch (IOException e) {
            throw unlisted(from, e);
        }
    }

    private static boolean anyHidden(Path inside) {
        for (Path name : inside) {
            if (isHidden(name)) {
                return true;
            }
        }
        return false;
    }

    private DataException nothing(Path from) {
        return new DataException(
                location.toString(),
                "No file matches this pattern of data set \"" + dataset + "\" (looked in " + from.toAbsolutePath()
                        + "). Correct its file_name.");
    }

    private static DataException unlisted(Path folder, IOException e) {
        return new DataException(folder.toString(), "The folder cannot be listed: " + e.getMessage() + ".", e);
    }
}
