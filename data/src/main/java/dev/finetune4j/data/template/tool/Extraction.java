package dev.finetune4j.data.template.tool;

import java.util.List;

/** What an answer turned out to be: calls of functions, or plain text. */
public sealed interface Extraction {
    /** At least one call, in the order of the text. */
    record Calls(List<FunctionCall> calls) implements Extraction {
        public Calls {
            calls = List.copyOf(calls);
        }
    }

    /** The answer, unchanged. */
    record Text(String text) implements Extraction {}

    /** The calls, or the text where there are none. */
    static Extraction of(List<FunctionCall> calls, String text) {
        return calls.isEmpty() ? new Text(text) : new Calls(calls);
    }
}
