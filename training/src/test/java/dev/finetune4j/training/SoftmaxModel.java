package dev.finetune4j.training;

import dev.finetune4j.core.batch.Labels;
import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.core.runtime.Device;
import dev.finetune4j.core.runtime.Scope;
import dev.finetune4j.core.runtime.Torch;
import dev.finetune4j.core.weights.Parameter;
import dev.finetune4j.core.weights.ParameterStore;
import dev.finetune4j.training.walk.BatchWalk;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The smallest language model: the next token from the last one by a table and a bias, with dropout keyed by step and row. */
final class SoftmaxModel implements BatchWalk, AutoCloseable {
    static final int VOCABULARY = 7;

    final ParameterStore parameters = new ParameterStore();
    private final double dropout;

    SoftmaxModel(double dropout) {
        this.dropout = dropout;
        try (Scope scope = Scope.open("model")) {
            add("table.weight", VOCABULARY * VOCABULARY).trainable(true);
            add("head.bias", VOCABULARY).trainable(true);
            add("frozen.weight", 3);
        }
    }

    private Parameter add(String name, int size) {
        SplittableRandom random = new SplittableRandom(name.hashCode());
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) (random.nextDouble() - 0.5);
        }
        return parameters.add(new Parameter(name, Torch.floats(values, Device.CPU)));
    }

    @Override
    public double count(TokenBatch batch) {
        return batch.labelled();
    }

    @Override
    public double forwardBackward(TokenBatch batch, Position position, double scale) {
        float[] table = Torch.toFloats(parameters.get("table.weight").value());
        float[] bias = Torch.toFloats(parameters.get("head.bias").value());
        double[] tableGradient = new double[table.length];
        double[] biasGradient = new double[bias.length];
        double loss = 0;
        for (int r = 0; r < batch.rows().size(); r++) {
            TokenRow row = batch.rows().get(r);
            SplittableRandom random = new SplittableRandom(position.step() * 1_000_003 + position.firstRow() + r);
            for (int t = 1; t < row.length(); t++) {
                double kept = random.nextDouble() < dropout ? 0 : 1 / (1 - dropout);
                int label = row.labels()[t];
                if (label == Labels.IGNORED) {
                    continue;
                }
                int from = row.ids()[t - 1] * VOCABULARY;
                double[] p = softmax(table, bias, from, kept);
                loss -= Math.log(p[label]);
                for (int v = 0; v < VOCABULARY; v++) {
                    double g = (p[v] - (v == label ? 1 : 0)) * scale;
                    tableGradient[from + v] += g * kept;
                    biasGradient[v] += g;
                }
            }
        }
        accumulate("table.weight", tableGradient);
        accumulate("head.bias", biasGradient);
        return loss;
    }

    private static double[] softmax(float[] table, float[] bias, int from, double kept) {
        double[] p = new double[VOCABULARY];
        double sum = 0;
        for (int v = 0; v < VOCABULARY; v++) {
            p[v] = Math.exp(table[from + v] * kept + bias[v]);
            sum += p[v];
        }
        for (int v = 0; v < VOCABULARY; v++) {
            p[v] /= sum;
        }
        return p;
    }

    private void accumulate(String name, double[] gradient) {
        float[] values = new float[gradient.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) gradient[i];
        }
        try (Scope scope = Scope.open("accumulate")) {
            parameters.get(name).accumulate(Torch.floats(values, Device.CPU));
        }
    }

    @Override
    public List<RowScore> score(TokenBatch batch) {
        float[] table = Torch.toFloats(parameters.get("table.weight").value());
        float[] bias = Torch.toFloats(parameters.get("head.bias").value());
        List<RowScore> scores = new ArrayList<>();
        for (TokenRow row : batch.rows()) {
            double loss = 0;
            int labelled = 0;
            int right = 0;
            for (int t = 1; t < row.length(); t++) {
                int label = row.labels()[t];
                if (label != Labels.IGNORED) {
                    double[] p = softmax(table, bias, row.ids()[t - 1] * VOCABULARY, 1);
                    loss -= Math.log(p[label]);
                    labelled++;
                    right += argMax(p) == label ? 1 : 0;
                }
            }
            scores.add(new RowScore(loss, loss, labelled, right));
        }
        return scores;
    }

    private static int argMax(double[] p) {
        int best = 0;
        for (int v = 1; v < p.length; v++) {
            best = p[v] > p[best] ? v : best;
        }
        return best;
    }

    @Override
    public void close() {
        parameters.close();
    }
}
