package dev.finetune4j.data.dataset;

import java.util.OptionalLong;
import java.util.function.Supplier;

record OpenedDataset<T>(Supplier<Cursor<T>> opener, OptionalLong size) implements Dataset<T> {
    @Override
    public Cursor<T> iterator() {
        return opener.get();
    }
}
