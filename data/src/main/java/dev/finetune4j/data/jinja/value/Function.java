package dev.finetune4j.data.jinja.value;

/** What a template can call. */
@FunctionalInterface
public interface Function {
    /** @throws Fault if it cannot work with these arguments */
    Object call(Budget budget, Arguments arguments);
}
