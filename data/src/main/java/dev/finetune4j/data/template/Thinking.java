package dev.finetune4j.data.template;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
        Pattern thought = Pattern.compile(Pattern.quote(open) + ".*?" + Pattern.quote(close), Pattern.DOTALL);
        String rest = thought.matcher(text).replaceAll(Matcher.quoteReplacement(""));
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
