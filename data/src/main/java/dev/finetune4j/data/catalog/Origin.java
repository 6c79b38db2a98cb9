package dev.finetune4j.data.catalog;

import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where the rows of a data set come from. */
public sealed interface Origin {
    /** For messages. */
    String text();

    /**
     * A file, a folder, or a glob pattern over files.
     *
     * @param location resolved against the catalog's folder
     */
    record Local(Path location) implements Origin {
        @Override
        public String text() {
            return location.toString();
        }
    }

    /**
     * An object of a store, or all objects behind a prefix.
     *
     * @param address with its scheme, such as {@code s3://bucket/rows.jsonl}
     */
    record Cloud(String address) implements Origin {
        @Override
        public String text() {
            return address;
        }
    }

    /**
     * A data set of a hub.
     *
     * @param repository owner and name
     * @param subset name of a configuration
     * @param folder inside the repository
     */
    record Hub(
            Host host,
            String repository,
            @Nullable String subset,
            @Nullable String folder) implements Origin {
        @Override
        public String text() {
            return host.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " data set " + repository;
        }
    }

    /** Rows that the program holds. */
    record Memory() implements Origin {
        @Override
        public String text() {
            return "memory";
        }
    }

    /** Which hub. */
    enum Host {
        HUGGING_FACE,
        MODELSCOPE,
        OPENMIND
    }
}
