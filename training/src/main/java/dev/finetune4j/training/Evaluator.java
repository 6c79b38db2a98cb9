package dev.finetune4j.training;

import java.util.Map;

/** Scores a model on one evaluation set without changing it. */
@FunctionalInterface
public interface Evaluator {
    /** Figures by name, in the order they are logged; every name begins with {@code eval_} or {@code predict_}. */
    Map<String, Number> evaluate();
}
