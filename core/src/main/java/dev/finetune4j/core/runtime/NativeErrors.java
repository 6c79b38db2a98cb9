package dev.finetune4j.core.runtime;

import dev.finetune4j.core.error.DeviceMemoryException;
import dev.finetune4j.core.error.FineTuneException;
import dev.finetune4j.core.error.NativeException;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns libtorch's failures, which arrive as plain runtime exceptions with a C++ trace, into ours. */
public final class NativeErrors {
    private static final Pattern BYTES = Pattern.compile("[tT]ried to allocate (\\d{1,18}) bytes");
    private static final Pattern MEMORY =
            Pattern.compile("tried to allocate|not enough memory|out of memory|std::bad_alloc");
    private static final Pattern CUDA_MEMORY = Pattern.compile("Tried to allocate ([\\d.]+) ([KMG])iB");

    private NativeErrors() {}

    /** Runs a piece of work; native failures in it become {@link NativeException} or {@link DeviceMemoryException}. */
    public static <T> T guard(String operation, Supplier<T> work) {
        try {
            return work.get();
        } catch (FineTuneException e) {
            throw e;
        } catch (RuntimeException e) {
            throw translate(operation, e);
        }
    }

    /**
     * The exception to throw for a failure met in {@code operation}. Only exceptions that libtorch raised are translated;
     * a Java fault such as an illegal argument passes through unchanged.
     */
    public static RuntimeException translate(String operation, RuntimeException failure) {
        String text = failure.getMessage();
        if (failure.getClass() != RuntimeException.class || text == null) {
            return failure;
        }
        String first = firstLine(text);
        long bytes = requestedBytes(text);
        if (bytes >= 0 || MEMORY.matcher(text).find()) {
            return new DeviceMemoryException(
                    bytes,
                    operation + ": not enough memory" + (bytes < 0 ? "" : " for " + bytes + " bytes more")
                            + ". Lower cutoff_len or per_device_train_batch_size, set activations: recompute, or lower"
                            + " memory_budget.",
                    failure);
        }
        return new NativeException(operation + ": " + first, failure);
    }

    private static String firstLine(String text) {
        int trace = text.indexOf("\nException raised from");
        String head = (trace < 0 ? text : text.substring(0, trace)).strip();
        int newline = head.indexOf('\n');
        return (newline < 0 ? head : head.substring(0, newline)).strip();
    }

    private static long requestedBytes(String text) {
        Matcher cpu = BYTES.matcher(text);
        if (cpu.find()) {
            return Long.parseLong(cpu.group(1));
        }
        Matcher cuda = CUDA_MEMORY.matcher(text);
        if (cuda.find()) {
            int shift = 10 * ("KMG".indexOf(cuda.group(2)) + 1);
            return (long) (Double.parseDouble(cuda.group(1)) * (1L << shift));
        }
        return -1;
    }
}
