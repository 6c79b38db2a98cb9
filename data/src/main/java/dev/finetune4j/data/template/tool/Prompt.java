package dev.finetune4j.data.template.tool;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

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

    @Override
    public String toString() {
        return text;
    }
}
