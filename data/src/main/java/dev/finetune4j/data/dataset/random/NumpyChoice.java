package dev.finetune4j.data.dataset.random;

/** Numbers drawn with given probabilities, as numpy's {@code default_rng(seed).choice(n, size, p=…)} draws them. */
public final class NumpyChoice {
    private final Pcg64 random;
    private final double[] cumulative;

    /**
     * @param seed at least 0
     * @param probabilities above 0; their sum is taken as 1
     */
    public NumpyChoice(long seed, double[] probabilities) {
        random = new Pcg64(seed);
        cumulative = new double[probabilities.length];
        double sum = 0;
        for (int i = 0; i < cumulative.length; i++) {
            sum += probabilities[i];
            cumulative[i] = sum;
        }
        for (int i = 0; i < cumulative.length; i++) {
            cumulative[i] /= sum;
        }
    }

    /** Index of the next draw. */
    public int next() {
        double draw = random.nextDouble();
        int index = 0;
        while (index < cumulative.length - 1 && cumulative[index] <= draw) {
            index++;
        }
        return index;
    }
}
