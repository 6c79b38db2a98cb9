package dev.finetune4j.data.arrow.internal.vector;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Objects with the same keys; each key is a column of its own. */
final class StructVector extends Vector {
    private final List<String> names;
    private final List<Vector> parts;

    StructVector(Extent extent, List<String> names, List<Vector> parts) {
        super(extent);
        this.names = names;
        this.parts = parts;
    }

    @Override
    Object present(int index) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < parts.size(); i++) {
            map.put(names.get(i), parts.get(i).value(index));
        }
        return map;
    }
}
