package dev.finetune4j.data.jinja.value;

/** Python's None. Stands for Java's null in everything that a template computes. */
public enum None {
    NONE
}
