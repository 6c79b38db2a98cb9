package dev.finetune4j.data.format;

import dev.finetune4j.core.plugin.Plugin;
import dev.finetune4j.core.plugin.Plugins;
import dev.finetune4j.data.catalog.DatasetEntry;
import dev.finetune4j.data.source.Row;
import java.util.List;

/** Reads rows of one layout, by the columns and tags of their catalog entry. Found by the entry's {@code formatting}. */
public interface DatasetFormat extends Plugin {
    /**
     * Checks that the entry names what this format cannot do without.
     *
     * @throws dev.finetune4j.core.error.DataException if it does not
     */
    void check(DatasetEntry entry);

    /** Columns of which at least one row must have something; a name that no row knows is a slip in the catalog. */
    List<String> neededColumns(DatasetEntry entry);

    /** The row as a conversation, or why it is none. Never throws for what a row holds. */
    Reading read(Row row, DatasetEntry entry);

    /**
     * The same format reading rows exactly as LLaMA-Factory does, also where that looks unintended. Formats that have no
     * such difference are themselves.
     */
    default DatasetFormat likeLlamaFactory() {
        return this;
    }

    /**
     * The format of that name.
     *
     * @throws dev.finetune4j.core.error.UnsupportedException if there is none
     */
    static DatasetFormat named(String name) {
        return Plugins.named(DatasetFormat.class, name);
    }
}
