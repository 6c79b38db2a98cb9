package dev.finetune4j.training;

import dev.finetune4j.training.checkpoint.TrainingState;
import dev.finetune4j.training.listener.RunView;
import dev.finetune4j.training.rows.RowPosition;
import dev.finetune4j.training.rows.StepPlan;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** How far a run is. Only {@link #requestStop} may be called from another thread. */
final class Progress implements RunView {
    private final StepPlan plan;
    private final boolean countTokens;
    private final LongSupplier nanos;
    private int step;
    private int totalSteps;
    private int firstStep;
    private RowPosition position = new RowPosition(0, 0);
    private boolean epochEnded;
    private long tokens;
    private double earlierSeconds;
    private long started;
    private boolean resumed;
    private double lastLoss = Double.NaN;
    private volatile @Nullable String stopReason;

    Progress(StepPlan plan, boolean countTokens, LongSupplier nanos) {
        this.plan = plan;
        this.countTokens = countTokens;
        this.nanos = nanos;
        this.totalSteps = plan.totalSteps();
        this.started = nanos.getAsLong();
    }

    /** Starts the clock. */
    void start() {
        started = nanos.getAsLong();
    }

    void restore(TrainingState.Progress state) {
        step = state.step();
        firstStep = step;
        position = state.position();
        epochEnded = state.epochEnded();
        tokens = state.tokens();
        earlierSeconds = state.elapsedSeconds();
        totalSteps = plan.totalStepsFrom(position, step);
        resumed = true;
        if (epochEnded && position.row() >= plan.rows()) {
            startNextEpoch();
        }
    }

    TrainingState.Progress state() {
        return new TrainingState.Progress(step, position, epochEnded, tokens, elapsedSeconds());
    }

    void stepDone(int rows, long stepTokens, double loss) {
        step++;
        position = position.advance(rows);
        tokens += stepTokens;
        lastLoss = loss;
    }

    RowPosition position() {
        return position;
    }

    /** Whether rows of the epoch are used and what follows its end has not happened. */
    boolean insideEpoch() {
        return position.row() > 0 && !epochEnded;
    }

    void beginEpoch() {
        epochEnded = false;
    }

    void endEpoch() {
        epochEnded = true;
    }

    void startNextEpoch() {
        position = position.nextEpoch();
        epochEnded = false;
    }

    boolean wholeEpochUsed() {
        return position.row() >= plan.rows();
    }

    /** Whether no further update is to be made. */
    boolean ends() {
        return step >= totalSteps || stopReason != null;
    }

    @Nullable
    String stopReason() {
        return stopReason;
    }

    int stepsOfSession() {
        return step - firstStep;
    }

    long walkedTokens() {
        return tokens;
    }

    @Override
    public int step() {
        return step;
    }

    @Override
    public int totalSteps() {
        return totalSteps;
    }

    @Override
    public double epoch() {
        return plan.epochAt(position);
    }

    @Override
    public double lastLoss() {
        return lastLoss;
    }

    @Override
    public double elapsedSeconds() {
        return earlierSeconds + (nanos.getAsLong() - started) / 1e9;
    }

    @Override
    public long inputTokens() {
        return countTokens ? tokens : 0;
    }

    @Override
    public boolean resumed() {
        return resumed;
    }

    @Override
    public void requestStop(String reason) {
        stopReason = reason;
    }
}
