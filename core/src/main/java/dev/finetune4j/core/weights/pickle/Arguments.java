package dev.finetune4j.core.weights.pickle;

import dev.finetune4j.core.error.WeightException;
import java.util.List;

/** What a pickle hands to a function, taken out with the type that it must have. */
record Arguments(String function, List<Object> values, Faults faults) {
    <T> T at(int index, Class<T> type) {
        Object value = index < values.size() ? values.get(index) : Value.Nothing.NONE;
        if (index >= values.size() || !type.isInstance(value)) {
            throw wrong("argument " + (index + 1) + " of " + function + " is "
                    + (index < values.size() ? Value.kind(value) : "missing"));
        }
        return type.cast(value);
    }

    /** A whole number from zero up. */
    long number(int index) {
        long number = at(index, Long.class);
        if (number < 0) {
            throw wrong("argument " + (index + 1) + " of " + function + " is " + number);
        }
        return number;
    }

    /** Whole numbers from zero up. */
    long[] sizes(int index) {
        Arguments sizes = new Arguments("sizes", at(index, Value.Tuple.class).items(), faults);
        long[] numbers = new long[sizes.values.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = sizes.number(i);
        }
        return numbers;
    }

    WeightException wrong(String what) {
        return faults.damaged(what);
    }
}
