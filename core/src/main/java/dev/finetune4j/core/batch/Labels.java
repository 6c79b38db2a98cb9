package dev.finetune4j.core.batch;

/** Constants of label arrays. */
public final class Labels {
    /** A position without a label: no loss, no metric, and the head never runs there. */
    public static final int IGNORED = -100;

    private Labels() {}
}
