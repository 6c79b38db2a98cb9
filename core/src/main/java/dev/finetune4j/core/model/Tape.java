package dev.finetune4j.core.model;

import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Scope;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What the layers of one block leave for their backward pass, by name, and the block's source of random draws. A tape that
 * does not save is handed to forward passes that nobody will differentiate, or that will be run again.
 *
 * <p>Owns what is put on it until {@link #close}. Confined to a thread.
 */
public final class Tape implements AutoCloseable {
    private final Map<String, Tensor> saved = new HashMap<>();
    private final boolean saving;
    private final Draws draws;

    private Tape(boolean saving, Draws draws) {
        this.saving = saving;
        this.draws = draws;
    }

    public static Tape saving(Draws draws) {
        return new Tape(true, draws);
    }

    public static Tape off(Draws draws) {
        return new Tape(false, draws);
    }

    public boolean saves() {
        return saving;
    }

    /** Where dropout masks come from; inactive outside training. */
    public Draws draws() {
        return draws;
    }

    /** Saves a tensor, which must not be changed in place afterwards; does nothing on a tape that does not save. */
    public void put(String name, Tensor tensor) {
        if (!saving) {
            return;
        }
        if (saved.containsKey(name)) {
            throw new IllegalStateException(name + " is on the tape already");
        }
        saved.put(name, Scope.claim(tensor));
    }

    /** A saved tensor, or null where a replay left it out. */
    public @Nullable Tensor find(String name) {
        return saved.get(name);
    }

    public Tensor get(String name) {
        Tensor tensor = saved.get(name);
        if (tensor == null) {
            throw new IllegalStateException(name + " is not on the tape");
        }
        return tensor;
    }

    /** Bytes held. */
    public long bytes() {
        return saved.values().stream().mapToLong(Tensor::nbytes).sum();
    }

    @Override
    public void close() {
        saved.values().forEach(Tensor::close);
        saved.clear();
    }
}
