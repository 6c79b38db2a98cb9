package dev.finetune4j.training.listener;

/** A listener with a file of its own that a resumed run must find as it was. */
public interface CheckpointPart {
    /** Name of the file in the checkpoint's folder. */
    String fileName();

    /** What to store now. */
    byte[] content();

    /** Takes up what {@link #content} stored. */
    void restore(byte[] content);
}
