package dev.finetune4j.training.listener;

import dev.finetune4j.core.error.CheckpointException;
import dev.finetune4j.core.weights.Disk;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code training_<key>.png}: a metric over the steps as logged, and smoothed as LLaMA-Factory does. Needs no display. */
public final class LossPlot {
    private static final Logger LOG = LoggerFactory.getLogger(LossPlot.class);
    private static final Color BLUE = new Color(0x1f, 0x77, 0xb4);
    private static final Color PALE_BLUE = new Color(0x1f, 0x77, 0xb4, 102);

    private LossPlot() {}

    /**
     * Draws one file for each metric that occurs in the history.
     *
     * @return the files written
     */
    public static List<Path> write(Disk disk, Path folder, List<Map<String, Number>> history, List<String> keys) {
        List<Path> files = new ArrayList<>();
        for (String key : keys) {
            List<Double> steps = new ArrayList<>();
            List<Double> values = new ArrayList<>();
            for (Map<String, Number> entry : history) {
                Number value = entry.get(key);
                Number step = entry.get("step");
                if (value != null && step != null) {
                    steps.add(step.doubleValue());
                    values.add(value.doubleValue());
                }
            }
            if (values.isEmpty()) {
                LOG.warn("plot_loss: no entry of the log has {}, so it is not drawn", key);
            } else {
                files.add(draw(disk, folder, key, steps, values));
            }
        }
        return files;
    }

    private static Path draw(Disk disk, Path folder, String key, List<Double> steps, List<Double> values) {
        XYChart chart = new XYChartBuilder()
                .width(640)
                .height(480)
                .title("training " + key + " of " + folder)
                .xAxisTitle("step")
                .yAxisTitle(key)
                .build();
        chart.getStyler().setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Line);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideNE);
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        series(chart, "original", steps, values, PALE_BLUE);
        series(chart, "smoothed", steps, smooth(values), BLUE);
        Path file = folder.resolve("training_" + key.replace('/', '_') + ".png");
        try {
            disk.replace(file, png(BitmapEncoder.getBufferedImage(chart)));
        } catch (IOException e) {
            throw new CheckpointException(file + ": cannot be written: " + e.getMessage(), e);
        }
        return file;
    }

    /**
     * Through memory: the JDK's own choice of stream registers a shutdown hook, which fails in a process that is going down
     * because somebody stopped its run.
     */
    private static byte[] png(BufferedImage image) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
            if (!ImageIO.write(image, "png", stream)) {
                throw new IOException("this JDK has no writer of PNG images");
            }
        }
        return bytes.toByteArray();
    }

    private static void series(XYChart chart, String name, List<Double> x, List<Double> y, Color color) {
        XYSeries series = chart.addSeries(name, x, y);
        // A single point draws no line, so it needs a marker to be seen.
        series.setMarker(x.size() == 1 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
        series.setLineColor(color);
        series.setMarkerColor(color);
        series.setLineWidth(1.5f);
    }

    /**
     * Exponential moving average {@code sᵢ = w sᵢ₋₁ + (1 − w) xᵢ} from {@code s₀ = x₀}, whose weight grows with the number
     * of points n: {@code w = 1.8 (1 / (1 + e^(−0.05 n)) − ½)}.
     */
    static List<Double> smooth(List<Double> values) {
        List<Double> smoothed = new ArrayList<>(values.size());
        double weight = 1.8 * (1 / (1 + Math.exp(-0.05 * values.size())) - 0.5);
        double last = values.isEmpty() ? 0 : values.get(0);
        for (double value : values) {
            last = last * weight + (1 - weight) * value;
            smoothed.add(last);
        }
        return smoothed;
    }
}
