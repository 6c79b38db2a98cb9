package dev.finetune4j.data.template.tool;

import dev.finetune4j.data.source.PythonJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The instructions around a tool list: a text under {@code tools/} with variables in double braces. */
public final class Prompt {
    private final String text;

    private Prompt(String text) {
        this.text = text;
    }

    /** The text of that format. */
    public static Prompt of(String formatName) {
        String resource = "/tools/" + formatName + ".txt";
        try (InputStream in = Prompt.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks its resource " + resource);
            }
            return new Prompt(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The text with a variable replaced. */
    public Prompt fill(String variable, String value) {
        return new Prompt(text.replace("{{" + variable + "}}", value));
    }

    /** The text with a line of JSON for each tool; empty where there is none. */
    public String listing(List<Map<?, ?>> tools) {
        if (tools.isEmpty()) {
            return "";
        }
        String lines = tools.stream().map(tool -> "\n" + PythonJson.write(tool)).collect(Collectors.joining());
        return fill("tool_text", lines).toString();
    }

    @Override
    public String toString() {
        return text;
    }
}
