package dev.finetune4j.core.weights.pickle;

import dev.finetune4j.core.runtime.DType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a pickle's instructions can build. Numbers, texts and truth values are their Java boxes; a class that is none of those
 * and none of these does not exist here, so nothing that a file says can create one.
 */
interface Value {
    /** Python's {@code None}. */
    enum Nothing implements Value {
        NONE
    }

    /** Bytes, sets and complex numbers: allowed to be there, of no use. */
    enum Other implements Value {
        OTHER
    }

    /** A tuple; never changed once it is made. */
    record Tuple(List<Object> items) implements Value {}

    /** A list. */
    record Items(List<Object> items) implements Value {
        Items() {
            this(new ArrayList<>());
        }
    }

    /**
     * A dictionary. Keys other than plain ones are each a key of their own: they matter to nobody, and to compare them could
     * go round in circles.
     */
    record Dict(Map<Object, Object> entries) implements Value {
        private record Odd(int number) {}

        Dict() {
            this(new LinkedHashMap<>());
        }

        void put(Object key, Object value) {
            boolean plain = key instanceof String || key instanceof Long || key instanceof Boolean;
            entries.put(plain ? key : new Odd(entries.size()), value);
        }
    }

    /**
     * An element type by its name in torch.
     *
     * @param dtype the library's own; null if it has none
     */
    record Element(String name, @Nullable DType dtype) implements Value {}

    /** A class of storages; {@code element} null for untyped ones, whose elements are bytes. */
    record StorageType(@Nullable Element element) implements Value {}

    /**
     * A run of elements in the file.
     *
     * @param key its name there
     * @param element null for an untyped one
     * @param elements how many, bytes if untyped
     * @param skipped elements before it in the storage of that key
     */
    record Storage(String key, @Nullable Element element, long elements, long skipped) implements Value {}

    /**
     * A tensor as a view of a storage.
     *
     * @param offset elements before its first
     */
    record Strided(Storage storage, Element element, long offset, long[] shape, long[] strides) implements Value {}

    /** For messages: what kind of thing a value is. Its content stays out, since it may hold itself. */
    static String kind(Object value) {
        if (value instanceof Value) {
            return value instanceof Items
                    ? "a list"
                    : value instanceof Dict
                            ? "a dictionary"
                            : value instanceof Tuple
                                    ? "a tuple"
                                    : value instanceof Strided ? "a tensor" : "no such thing";
        }
        return value instanceof String ? "the text \"" + Faults.shortened(value.toString()) + '"' : value.toString();
    }
}
