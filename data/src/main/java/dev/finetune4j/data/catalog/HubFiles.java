package dev.finetune4j.data.catalog;

import dev.finetune4j.core.error.UnsupportedException;
import dev.finetune4j.data.source.DataFile;
import java.nio.file.Path;
import java.util.List;

/** Finds what lies on a hub. */
public interface HubFiles {
    /** No hub can be reached; says so for each question. */
    HubFiles NONE = new HubFiles() {
        @Override
        public List<DataFile> files(DatasetEntry entry, Origin.Hub hub, String split) {
            throw new UnsupportedException("Data set \"" + entry.name() + "\" is the " + hub.text()
                    + ", and no connection to a hub is set up here. Download its files and name them with"
                    + " \"file_name\".");
        }

        @Override
        public Path catalog(String repository) {
            throw new UnsupportedException("dataset_dir: REMOTE:" + repository
                    + " lies on a hub, and no connection to a hub is set up here. Download its "
                    + DatasetCatalog.FILE_NAME + " and set dataset_dir to the folder that holds it.");
        }
    };

    /**
     * Data files of one split, in the order of their rows.
     *
     * @param split plain name, or {@code all}
     * @throws dev.finetune4j.core.error.DataException if there is no such data set, subset or split; names those there are
     */
    List<DataFile> files(DatasetEntry entry, Origin.Hub hub, String split);

    /** The catalog file of a Hugging Face data set repository, downloaded. */
    Path catalog(String repository);
}
