package dev.finetune4j.data.source;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.plugin.Plugin;
import dev.finetune4j.core.plugin.Plugins;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A store of objects behind addresses like {@code s3://bucket/key}. Found through {@link java.util.ServiceLoader}. */
public interface CloudStore extends Plugin {
    /** What stands before {@code ://}, lower case. */
    Set<String> schemes();

    /**
     * The objects behind an address. One whose name has an extension is the object itself; any other is a prefix, and what
     * lies directly behind it is listed, sorted by key.
     *
     * @throws DataException if nothing is there or access is denied
     */
    List<DataFile> files(String address);

    /**
     * The objects behind an address, by the store that knows its scheme.
     *
     * @throws DataException if none does
     */
    static List<DataFile> list(String address) {
        int end = address.indexOf("://");
        String scheme = end < 0 ? "" : address.substring(0, end);
        Set<String> known = new TreeSet<>();
        for (CloudStore store : Plugins.all(CloudStore.class)) {
            if (store.schemes().contains(scheme)) {
                return store.files(address);
            }
            known.addAll(store.schemes());
        }
        throw new DataException(
                address,
                "No store knows the scheme \"" + scheme + "\". Known: " + String.join(", ", known)
                        + ". A file on this machine is named with \"file_name\".");
    }
}
