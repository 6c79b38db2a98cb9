package dev.finetune4j.data.hub;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.Nearest;
import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.core.hub.Hub;
import dev.finetune4j.core.hub.repo.FileSelection;
import dev.finetune4j.core.hub.repo.RepoId;
import dev.finetune4j.core.hub.repo.RepoListing;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A data set in a repository of a hub. Opening it lists the repository and reads what its author says; data files are fetched
 * when a split is asked for, all of one state of the repository.
 *
 * <pre>{@code
 * Hubs.Published set = Hubs.of(HubSettings.DEFAULT).dataset("tatsu-lab/alpaca");
 * List<HubFile> files = HubDataset.open(set.hub(), set.repo(), HubDataset.Part.WHOLE).files("train");
 * }</pre>
 *
 * Differences from {@code datasets}: a file that several patterns of a split match is read once, not once for each; splits of
 * different kinds of files stand side by side; a name like {@code train.json.md5} is no data file.
 */
public final class HubDataset {
    private static final String READABLE = "json, jsonl, csv, tsv, parquet, arrow, txt, also with .gz or .zst.";

    private final Hub hub;
    private final RepoId repo;
    private final RepoListing listing;
    private final String where;
    private final Map<String, List<String>> splits;

    /**
     * Which part of a repository.
     *
     * @param revision branch, tag or commit
     * @param subset {@code subset} of the catalog entry: one of the author's configurations; null for the default
     * @param folder {@code folder} of the catalog entry: read this folder and not what the author describes; null for none
     */
    public record Part(
            String revision,
            @Nullable String subset,
            @Nullable String folder) {
        /** The default of the newest state. */
        public static final Part WHOLE = new Part("main", null, null);
    }

    private HubDataset(Hub hub, RepoId repo, RepoListing listing, Part part) {
        this.hub = hub;
        this.repo = repo;
        this.listing = listing;
        this.where = hub.name() + " " + repo + "@" + listing.revision();
        refuseScript();
        String folder = part.folder == null ? "" : DatasetCard.folder(part.folder);
        List<String> paths = listing.paths();
        this.splits = Subset.of(described(), part.subset, folder, paths, where).files(paths);
    }

    /**
     * Lists the repository and finds the splits.
     *
     * @throws dev.finetune4j.core.error.HubException if the hub does not give them
     * @throws DataException if the subset or the folder is not there, or what the author says is malformed
     * @throws UnsupportedException if the data is made by a script of the repository
     */
    public static HubDataset open(Hub hub, RepoId repo, Part part) {
        return new HubDataset(hub, repo, hub.files(repo, part.revision), part);
    }

    private void refuseScript() {
        String script = repo.name().substring(repo.name().lastIndexOf('/') + 1) + ".py";
        if (listing.contains(script)) {
            throw new UnsupportedException(where + ": The rows are made by a Python script, " + script
                    + ", which is not run here (nor by datasets 4). Many such sets have their rows as Parquet in the"
                    + " revision \"refs/convert/parquet\"; or load it once with an older datasets, save it as JSON lines, and"
                    + " name the file with \"file_name\".");
        }
    }

    private List<CardConfig> described() {
        DatasetCard card = new DatasetCard(where);
        if (listing.contains(DatasetCard.YAML)) {
            List<CardConfig> configs =
                    card.yaml(fetched(List.of(DatasetCard.YAML)).resolve(DatasetCard.YAML));
            if (!configs.isEmpty()) {
                return configs;
            }
        }
        return listing.contains(DatasetCard.README)
                ? card.readme(fetched(List.of(DatasetCard.README)).resolve(DatasetCard.README))
                : List.of();
    }

    private Path fetched(List<String> paths) {
        return hub.snapshot(repo, listing, FileSelection.exactly(paths));
    }

    /** The commit whose files are read; on hubs without commits, the revision. */
    public String commit() {
        return listing.commit();
    }

    /** Names of the splits that have files, in order. */
    public List<String> splits() {
        return splits.entrySet().stream()
                .filter(split -> !split.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .toList();
    }

    /**
     * The files of a split in the order in which their rows count, fetched if need be.
     *
     * @param split its name, without a slice such as {@code [:10%]}
     * @throws DataException if there is no such split or it has no files
     * @throws UnsupportedException if its files are of a kind that is not read
     */
    public List<HubFile> files(String split) {
        List<String> paths = dataFiles(split);
        Path folder = fetched(paths);
        return paths.stream()
                .map(path -> new HubFile(folder.resolve(path), path, FileFormat.reader(path)))
                .toList();
    }

    /** The paths of a split's files inside the repository; nothing is fetched. */
    public List<String> dataFiles(String split) {
        List<String> all = splits.getOrDefault(split, List.of());
        if (all.isEmpty()) {
            throw new DataException(
                    where,
                    splits().isEmpty()
                            ? "None of its " + listing.files().size() + " files is a data file. Readable: " + READABLE
                            : "There is no split \"" + split + "\"." + Nearest.sentence(split, splits())
                                    + " Available: " + String.join(", ", splits()) + ".");
        }
        FileFormat format = FileFormat.of(all).orElseThrow();
        if (!format.isReadable()) {
            throw new UnsupportedException(where + ": The split \"" + split + "\" is made of files such as "
                    + all.get(0) + ", which are not read as rows. Readable: " + READABLE);
        }
        return all.stream().filter(format::holds).toList();
    }
}
