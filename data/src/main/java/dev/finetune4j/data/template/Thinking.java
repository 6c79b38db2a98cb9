package dev.finetune4j.data.template;

/**
 * The words around a model's thought, and what is done with thoughts.
 *
 * @param open words before a thought, with their line feeds
 * @param close words after it
 */
public record Thinking(String open, String close) {
    /** Whether a text holds either of the words, their white space aside. */
    boolean in(String text) {
        return text.contains(open.strip()) || text.contains(close.strip());
    }

    /** The text without its thoughts and without the line feeds that then lead it. */
    String removeFrom(String text) {
        StringBuilder rest = new StringBuilder();
        int at = 0;
        int from = text.indexOf(open);
        while (from >= 0) {
            int to = text.indexOf(close, from + open.length());
            if (to < 0) {
                break;
            }
            rest.append(text, at, from);
            at = to + close.length();
            from = text.indexOf(open, at);
        }
        rest.append(text, at, text.length());
        int start = 0;
        while (start < rest.length() && rest.charAt(start) == '\n') {
            start++;
        }
        return rest.substring(start);
    }

    /** What stands for no thought. */
    String empty(TemplateKind kind) {
        return kind == TemplateKind.REASONING_GLM47 ? close : open + close;
    }
}
