package dev.finetune4j.core.runtime;

/**
 * One native library is loaded at a time. Two loaders of different makes, each holding a lock of the system's loader that the
 * other wants, can otherwise wait for each other for ever.
 */
public final class NativeLoading {
    private static final Object ONE = new Object();

    private NativeLoading() {}

    /** Loads something while nobody else who asks here does. */
    public static void alone(Runnable load) {
        synchronized (ONE) {
            load.run();
        }
    }
}
