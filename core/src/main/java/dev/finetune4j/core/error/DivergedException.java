package dev.finetune4j.core.error;

/** A loss or gradient that is not finite. */
public final class DivergedException extends FineTuneException {
    private static final long serialVersionUID = 1L;

    private final long step;
    private final double value;

    public DivergedException(long step, double value, String message) {
        super(message);
        this.step = step;
        this.value = value;
    }

    /** The optimizer step, counted from 1, in which the value appeared. */
    public long step() {
        return step;
    }

    public double value() {
        return value;
    }
}
