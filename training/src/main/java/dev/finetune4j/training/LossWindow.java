package dev.finetune4j.training;

import dev.finetune4j.training.checkpoint.TrainingState.Losses;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Losses of updates: those since the last log entry, the sum of all, and the last few as a measure of what is usual. */
final class LossWindow {
    private static final int RECENT = 16;

    private double window;
    private int loggedStep;
    private double total;
    private double gradientNorm;
    private double learningRate;
    private final Deque<Double> recent = new ArrayDeque<>();

    void add(double loss, double norm, double rate) {
        window += loss;
        gradientNorm = norm;
        learningRate = rate;
        recent.add(loss);
        if (recent.size() > RECENT) {
            recent.remove();
        }
    }

    /** Whether updates were made since the last log entry. */
    boolean unlogged(int step) {
        return step > loggedStep;
    }

    /** Mean since the last log entry; begins a new window. */
    double take(int step) {
        double mean = window / (step - loggedStep);
        total += window;
        window = 0;
        loggedStep = step;
        return mean;
    }

    /** Mean over all updates. */
    double mean(int steps) {
        return (total + window) / Math.max(1, steps);
    }

    double gradientNorm() {
        return gradientNorm;
    }

    double learningRate() {
        return learningRate;
    }

    /** Whether a loss lies further from the recent ones than they lie from each other. */
    boolean unusual(double loss) {
        if (recent.isEmpty()) {
            return false;
        }
        double low = recent.stream().mapToDouble(Double::doubleValue).min().orElse(loss);
        double high = recent.stream().mapToDouble(Double::doubleValue).max().orElse(loss);
        double span = Math.max(high - low, 0.05 * Math.abs(high));
        return loss < low - span || loss > high + span;
    }

    Losses state() {
        return new Losses(window, loggedStep, total, gradientNorm, learningRate, List.copyOf(recent));
    }

    void restore(Losses state) {
        window = state.window();
        loggedStep = state.loggedStep();
        total = state.total();
        gradientNorm = state.gradientNorm();
        learningRate = state.learningRate();
        recent.clear();
        recent.addAll(state.recent());
    }
}
