package dev.finetune4j.core.weights.pickle;

import java.util.List;

/**
 * What a pickle says of a storage outside it: the word {@code storage}, its class, its key, the device it was on, its
 * elements, and in the older format the part of it that is meant.
 */
final class StorageId {
    private static final int VIEW = 5;

    private StorageId() {}

    static Value.Storage read(Value.Tuple id, Faults faults) {
        Arguments given = new Arguments("storage", id.items(), faults);
        String kind = given.at(0, String.class);
        if (!kind.equals("storage")) {
            throw faults.unsupported("holds a \"" + Faults.shortened(kind) + "\" with its code beside the tensors");
        }
        Value.Element element = given.at(1, Value.StorageType.class).element();
        Object key = given.at(2, Object.class);
        if (!(key instanceof String) && !(key instanceof Long)) {
            throw given.wrong("a storage is called " + Value.kind(key));
        }
        long elements = given.number(4);
        List<Object> items = id.items();
        long skipped = items.size() > VIEW && items.get(VIEW) instanceof Value.Tuple view
                ? skipped(new Arguments("view", view.items(), faults), elements)
                : 0;
        return new Value.Storage(key.toString(), element, elements, skipped);
    }

    /** A view is its own key, where it begins and how long it is, inside the storage that the id names. */
    private static long skipped(Arguments view, long elements) {
        long begin = view.number(1);
        if (begin > elements || view.number(2) > elements - begin) {
            throw view.wrong("a part of a storage reaches beyond it");
        }
        return begin;
    }
}
