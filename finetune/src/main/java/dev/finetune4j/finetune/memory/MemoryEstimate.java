package dev.finetune4j.finetune.memory;

/**
 * Forecast of a run's resident memory, in bytes, phase by phase. Every phase counts what is resident then, not only what it
 * adds.
 *
 * @param load after the model is loaded and the tuning method has made what trains
 * @param train highest point of a step
 * @param evaluate highest point of an evaluation between steps; 0 where nothing is evaluated
 * @param save while a checkpoint is written
 * @param budget most that the run may take; what {@code memory_budget} asks for, or the library's share of free memory
 */
public record MemoryEstimate(long load, long train, long evaluate, long save, long budget) {
    /**
     * Virtual machine, libtorch's code and its threads' pools; measured on Linux with a heap that holds a small data set.
     */
    public static final long PROCESS = 420_000_000L;

    /** Whether every phase fits in the budget. */
    public boolean fits() {
        return Math.max(Math.max(load, train), Math.max(evaluate, save)) <= budget;
    }

    /** A figure in megabytes of 10⁶ bytes, as plans print it. */
    public static String megabytes(long bytes) {
        return String.format(java.util.Locale.ROOT, "%,d MB", Math.round(bytes / 1e6));
    }
}
