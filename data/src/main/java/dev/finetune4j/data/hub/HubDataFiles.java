package dev.finetune4j.data.hub;

import dev.finetune4j.core.hub.Hub;
import dev.finetune4j.core.hub.Hubs;
import dev.finetune4j.core.hub.repo.RepoId;
import dev.finetune4j.data.catalog.DatasetCatalog;
import dev.finetune4j.data.catalog.DatasetEntry;
import dev.finetune4j.data.catalog.HubFiles;
import dev.finetune4j.data.catalog.Origin;
import dev.finetune4j.data.catalog.SplitSpec;
import dev.finetune4j.data.source.DataFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The catalog's view of the hubs: entries that name a data set of a hub, and catalogs that lie on one. Thread-safe. */
public final class HubDataFiles implements HubFiles {
    private static final String NEWEST = "main";

    private final Hubs hubs;
    private final Map<Origin.Hub, HubDataset> opened = new ConcurrentHashMap<>();

    public HubDataFiles(Hubs hubs) {
        this.hubs = hubs;
    }

    /**
     * {@inheritDoc}
     *
     * <p>A data set is listed once in the life of this object, so all its splits are of one state.
     */
    @Override
    public List<DataFile> files(DatasetEntry entry, Origin.Hub place, String split) {
        HubDataset set = opened.computeIfAbsent(place, this::open);
        List<String> splits = split.equals(SplitSpec.ALL) && !set.splits().isEmpty() ? set.splits() : List.of(split);
        return splits.stream()
                .flatMap(name -> set.files(name).stream())
                .map(HubDataFiles::dataFile)
                .toList();
    }

    private HubDataset open(Origin.Hub place) {
        return HubDataset.open(
                hub(place.host()),
                RepoId.dataset(place.repository()),
                new HubDataset.Part(NEWEST, place.subset(), place.folder()));
    }

    private Hub hub(Origin.Host host) {
        return switch (host) {
            case HUGGING_FACE -> hubs.huggingFace();
            case MODELSCOPE -> hubs.modelScope();
            case OPENMIND -> hubs.modelers();
        };
    }

    /** Under a name that a reader knows, where that of the file is a rare one. */
    private static DataFile dataFile(HubFile fetched) {
        DataFile file = DataFile.of(fetched.file());
        return file.extension().equals(fetched.extension())
                ? file
                : DataFile.of(fetched.file() + "." + fetched.extension(), () -> Files.newInputStream(fetched.file()));
    }

    @Override
    public Path catalog(String repository) {
        return hubs.huggingFace().file(RepoId.dataset(repository), NEWEST, DatasetCatalog.FILE_NAME);
    }
}
