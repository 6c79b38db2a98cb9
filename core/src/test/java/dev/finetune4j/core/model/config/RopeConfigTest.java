package dev.finetune4j.core.model.config;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.model.config.RopeConfig.Yarn;
import org.junit.jupiter.api.Test;

/** Properties of the scalings; their values are pinned by the golden decoders. */
class RopeConfigTest {
    private static final int DIM = 64;

    private static RopeConfig config(String scaling, double factor, double original) {
        return new RopeConfig(DIM, false, 10000, scaling, factor, original, Yarn.NONE, 1, 4, null);
    }

    @Test
    void plainFrequenciesFallGeometricallyFromOne() {
        float[] inverse = RopeConfig.plain(DIM, 10000).inverseFrequencies(100);
        assertEquals(DIM / 2, inverse.length);
        assertEquals(1, inverse[0]);
        for (int i = 0; i < inverse.length; i++) {
            assertEquals(Math.pow(10000, -2.0 * i / DIM), inverse[i], 1e-6 * inverse[i]);
        }
        assertEquals(1, RopeConfig.plain(DIM, 10000).attentionFactor());
    }

    @Test
    void linearDividesEveryFrequency() {
        float[] plain = RopeConfig.plain(DIM, 10000).inverseFrequencies(100);
        float[] linear = config("linear", 4, 0).inverseFrequencies(100);
        for (int i = 0; i < plain.length; i++) {
            assertEquals(plain[i] / 4, linear[i], 1e-7 * plain[i]);
        }
    }

    @Test
    void dynamicLeavesShortSequencesAloneAndStretchesLongOnes() {
        float[] plain = RopeConfig.plain(DIM, 10000).inverseFrequencies(100);
        RopeConfig dynamic = config("dynamic", 2, 100);
        assertArrayEquals(plain, dynamic.inverseFrequencies(1));
        assertArrayEquals(plain, dynamic.inverseFrequencies(100));
        float[] longer = dynamic.inverseFrequencies(200);
        float[] longest = dynamic.inverseFrequencies(400);
        assertEquals(1, longer[0]);
        for (int i = 1; i < plain.length; i++) {
            assertTrue(longer[i] < plain[i] && longest[i] < longer[i], "frequency " + i);
        }
        // The lowest frequency spans the stretch: 2 · 200 / 100 − 1 = 3 times as slow.
        assertEquals(plain[31] / 3, longer[31], 1e-5 * plain[31]);
    }

    @Test
    void llama3KeepsShortWavesAndDividesLongOnes() {
        float[] plain = RopeConfig.plain(DIM, 10000).inverseFrequencies(100);
        float[] scaled = config("llama3", 8, 1000).inverseFrequencies(100);
        for (int i = 0; i < plain.length; i++) {
            double wavelength = 2 * Math.PI / plain[i];
            if (wavelength < 250) {
                assertEquals(plain[i], scaled[i]);
            } else if (wavelength > 1000) {
                assertEquals(plain[i] / 8, scaled[i], 1e-7 * plain[i]);
            } else {
                assertTrue(scaled[i] < plain[i] && scaled[i] > plain[i] / 8, "frequency " + i);
            }
        }
    }

    @Test
    void yarnKeepsFastRotationsAndInterpolatesSlowOnes() {
        RopeConfig yarn = new RopeConfig(DIM, false, 10000, "yarn", 4, 4096, new Yarn(32, 1, 1.1386, true), 1, 4, null);
        float[] plain = RopeConfig.plain(DIM, 10000).inverseFrequencies(100);
        float[] scaled = yarn.inverseFrequencies(100);
        assertEquals(plain[0], scaled[0]);
        assertEquals(plain[31] / 4, scaled[31], 1e-7 * plain[31]);
        for (int i = 0; i < plain.length; i++) {
            float kept = scaled[i] / plain[i];
            assertTrue(kept <= 1 + 1e-6 && kept >= 0.25 - 1e-6, "frequency " + i + " scaled by " + kept);
        }
        assertEquals(1.1386, yarn.attentionFactor());
    }
}
