package dev.finetune4j.core.weights.pickle;

import java.util.List;

/** The functions and classes among the {@link Names}, and what comes of calling one. */
enum Call implements Value {
    /** An empty dictionary. */
    DICTIONARY,
    /** Storage, offset, sizes, strides, and what training wants to know. */
    TENSOR,
    /** The same over an untyped storage; the seventh is the element type. */
    TENSOR_OF_ELEMENT,
    /** A tensor, and whether it trains. */
    PARAMETER,
    /** A tensor that wears a class: function, class, the function's arguments, attributes. */
    SUBCLASS,
    /** The class that a {@link #SUBCLASS} may wear. */
    TENSOR_CLASS,
    /** A shape. */
    SIZE,
    /** Something that no tensor needs. */
    IGNORED;

    private static final int MOST_DIMENSIONS = 64;

    /**
     * The result of a call.
     *
     * @throws dev.finetune4j.core.error.WeightException if the arguments are not those of this call
     */
    Object with(List<Object> arguments, Faults faults) {
        Arguments given = new Arguments(name(), arguments, faults);
        return switch (this) {
            case DICTIONARY -> dictionary(arguments, faults);
            case TENSOR -> tensor(given, null);
            case TENSOR_OF_ELEMENT -> tensor(given, given.at(6, Element.class));
            case PARAMETER -> given.at(0, Strided.class);
            case SUBCLASS -> subclass(given, faults);
            case SIZE -> given.at(0, Object.class);
            case IGNORED -> Other.OTHER;
            case TENSOR_CLASS -> throw faults.damaged("it makes a tensor out of nothing");
        };
    }

    private static Dict dictionary(List<Object> arguments, Faults faults) {
        Dict dictionary = new Dict();
        if (arguments.isEmpty()) {
            return dictionary;
        }
        // Python 2 wrote ordered dictionaries as a list of pairs.
        Arguments given = new Arguments("OrderedDict", arguments, faults);
        for (Object pair : given.at(0, Items.class).items()) {
            Arguments both = new Arguments("pair", List.of(pair), faults);
            List<Object> items = pair instanceof Tuple tuple
                    ? tuple.items()
                    : both.at(0, Items.class).items();
            Arguments inside = new Arguments("pair", items, faults);
            dictionary.put(inside.at(0, Object.class), inside.at(1, Object.class));
        }
        return dictionary;
    }

    private static Object subclass(Arguments given, Faults faults) {
        Call function = given.at(0, Call.class);
        if (given.at(1, Call.class) != TENSOR_CLASS
                || (function != TENSOR && function != TENSOR_OF_ELEMENT && function != PARAMETER)) {
            throw faults.damaged("a tensor wears a class that is none");
        }
        return function.with(given.at(2, Tuple.class).items(), faults);
    }

    private static Strided tensor(Arguments given, @org.jspecify.annotations.Nullable Element element) {
        Storage storage = given.at(0, Storage.class);
        Element type = element == null ? storage.element() : element;
        long[] shape = given.sizes(2);
        long[] strides = given.sizes(3);
        if (type == null || shape.length != strides.length || shape.length > MOST_DIMENSIONS) {
            throw given.wrong("a tensor has " + shape.length + " sizes and " + strides.length + " strides");
        }
        return new Strided(storage, type, given.number(1), shape, strides);
    }
}
