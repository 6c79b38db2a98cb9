package dev.finetune4j.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.finetune4j.finetune.RowPreview;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints rows as the model will see them. */
@Command(name = "preview", description = "Show rows as text, token ids, labels and trained spans. Reads no weights.")
final class PreviewCommand extends RunCommand {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Option(names = "--samples", paramLabel = "N", defaultValue = "3", description = "Rows to show; default 3.")
    private int samples;

    @Option(names = "--json", description = "One JSON object a line, with input_ids and labels.")
    private boolean json;

    @Override
    int run(RunFile settings, PrintWriter out, PrintWriter err) {
        int number = 1;
        for (RowPreview row : settings.draft().build().preview(samples)) {
            out.println(json ? line(row) : page(row, number++));
        }
        out.flush();
        return 0;
    }

    private static String line(RowPreview row) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("input_ids", row.ids());
        fields.put("labels", row.labels());
        try {
            return JSON.writeValueAsString(fields);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("a row could not be written as JSON", e);
        }
    }

    private static String page(RowPreview row, int number) {
        StringBuilder page = new StringBuilder();
        int trained = row.trained().stream().mapToInt(s -> s.to() - s.from()).sum();
        page.append("row ")
                .append(number)
                .append(" (")
                .append(row.where())
                .append("): ")
                .append(row.ids().length)
                .append(" tokens, ")
                .append(trained)
                .append(" trained\n")
                .append(row.text())
                .append('\n');
        for (RowPreview.Span span : row.trained()) {
            page.append("trained, tokens ")
                    .append(span.from())
                    .append(" to ")
                    .append(span.to() - 1)
                    .append(": ")
                    .append(span.text())
                    .append('\n');
        }
        page.append("input_ids: ").append(Arrays.toString(row.ids())).append('\n');
        page.append("labels: ").append(Arrays.toString(row.labels())).append('\n');
        return page.toString();
    }
}
