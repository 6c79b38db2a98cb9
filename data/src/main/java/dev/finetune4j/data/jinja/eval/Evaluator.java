package dev.finetune4j.data.jinja.eval;

/** An expression, ready to run. */
@FunctionalInterface
interface Evaluator {
    Object value(Frame frame);
}
