package dev.finetune4j.core.gguf.block;

/** Widens blocks that follow each other. */
@FunctionalInterface
interface BlockFormat {
    /**
     * Writes the elements of the first {@code blocks} blocks of {@code in} to the beginning of {@code out}.
     *
     * @param in stored bytes, whole blocks
     * @param out fp32, at least as long as the elements of the blocks
     */
    void widen(byte[] in, int blocks, float[] out);
}
