package dev.finetune4j.core.model;

import dev.finetune4j.core.runtime.Draws;
import dev.finetune4j.core.runtime.Scope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What the layers of one block leave for their backward pass, by name, and the block's source of random draws. A tape that
 * is off is handed to forward passes that nobody will differentiate; a thin one to a block that will be replayed.
 *
 * <p>Owns what is put on it until {@link #close}. Confined to a thread.
 */
public final class Tape implements AutoCloseable {
    private final Map<String, Tensor> saved;
    private final Draws draws;
    private final @Nullable TapeMemory memory;
    private Mode mode;
    private final List<TapeMemory.Copy> copies;

    private enum Mode {
        OFF,
        THIN,
        REPLAY,
        FULL
    }

    private Tape(Mode mode, Draws draws, @Nullable TapeMemory memory) {
        this.mode = mode;
        this.draws = draws;
        this.memory = memory;
        this.saved = new HashMap<>();
        this.copies = new ArrayList<>();
    }

    private Tape(Tape shared, Draws draws) {
        this.mode = shared.mode;
        this.draws = draws;
        this.memory = shared.memory;
        this.saved = shared.saved;
        this.copies = shared.copies;
    }

    /**
     * Saves everything.
     *
     * @param memory where copies of it go; null to hold the tensors themselves
     */
    public static Tape saving(Draws draws, @Nullable TapeMemory memory) {
        return new Tape(Mode.FULL, draws, memory);
    }

    /**
     * Saves what is thin or dear; a replay brings the rest back.
     *
     * @param memory where copies of it go; null to hold the tensors themselves
     */
    public static Tape thin(Draws draws, @Nullable TapeMemory memory) {
        return new Tape(Mode.THIN, draws, memory);
    }

    public static Tape off(Draws draws) {
        return new Tape(Mode.OFF, draws, null);
    }

    /** Whether everything is saved. */
    public boolean saves() {
        return mode == Mode.FULL;
    }

    /** Turns a thin tape into one that takes what a replay adds; what is on it already stays as it is. */
    public void replay() {
        if (mode != Mode.THIN) {
            throw new IllegalStateException("only a thin tape is replayed");
        }
        mode = Mode.REPLAY;
    }

    /** This tape for a layer that runs on other rows than the batch's; never closed, since what it holds is this one's. */
    public Tape with(Draws other) {
        return new Tape(this, other);
    }

    /** Where dropout masks come from; inactive outside training. */
    public Draws draws() {
        return draws;
    }

    /**
     * Saves something thin or dear, under every policy but none at all. It must not be changed in place afterwards.
     *
     * @throws IllegalStateException if the name is on the tape already, unless this is a replay
     */
    public void put(String name, Tensor tensor) {
        if (mode != Mode.OFF) {
            save(name, tensor);
        }
    }

    /** Saves something wide that one product brings back: not on a thin tape, whose block is replayed. */
    public void putWide(String name, Tensor tensor) {
        if (mode == Mode.FULL || mode == Mode.REPLAY) {
            save(name, tensor);
        }
    }

    private void save(String name, Tensor tensor) {
        if (!saved.containsKey(name)) {
            saved.put(name, Scope.claim(stored(tensor)));
        } else if (mode != Mode.REPLAY) {
            throw new IllegalStateException(name + " is on the tape already");
        }
    }

    private Tensor stored(Tensor tensor) {
        if (memory == null) {
            return tensor;
        }
        TapeMemory.Copy copy = memory.copy(tensor);
        copies.add(copy);
        return copy.tensor();
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
        if (memory != null) {
            copies.forEach(memory::release);
            copies.clear();
        }
    }
}
