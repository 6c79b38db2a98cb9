package dev.finetune4j.data.template.derived;

import static dev.finetune4j.data.template.derived.Probe.ASSISTANT;
import static dev.finetune4j.data.template.derived.Probe.CONTENT;
import static dev.finetune4j.data.template.derived.Probe.SYSTEM;
import static dev.finetune4j.data.template.derived.Probe.USER;

import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.template.TemplateKind;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a chat template turn by turn: what stands around a question is taken from the second one, so that what is written
 * once, in front of everything or as a default system text, is told from what every turn has.
 */
final class TurnReading {
    private static final String OPEN = "<think>";
    private static final Pattern NO_THOUGHT = Pattern.compile("<think>\\s*</think>\\n*");

    private final List<String> beginnings;
    private final String end;
    private final String question;
    private final String instructed;
    private final String again;
    /** What the prompt writes of the answer already: nothing, or the beginning of a thought. */
    private final String opening;

    private final boolean reasons;
    private String assistant;

    private TurnReading(Probe probe, List<String> beginnings, String end) {
        this.beginnings = beginnings;
        this.end = end;
        this.question = probe.text("a question", List.of(USER), true);
        this.again = probe.text("a second question", List.of(USER, ASSISTANT, USER), true);
        this.instructed = probe.text("a system text and a question", List.of(SYSTEM, USER), true);
        String answered = probe.text("a question and its answer", List.of(USER, ASSISTANT), false);
        int common = common(question, answered);
        this.opening = question.substring(common);
        this.assistant = NO_THOUGHT.matcher(answered.substring(common)).replaceFirst("");
        this.reasons = answered.indexOf(OPEN, common) >= 0 || opening.contains(OPEN);
    }

    /**
     * Null where the texts do not divide into pieces around messages.
     *
     * @param beginnings texts that may stand in front of everything, such as that of the beginning token
     * @param end text of the end token, which some templates write behind the last answer only
     * @throws TemplateException if the template refuses a probe
     */
    static @Nullable Parts read(Probe probe, List<String> beginnings, String end) {
        return new TurnReading(probe, beginnings, end).parts();
    }

    private @Nullable Parts parts() {
        String second = opening.isBlank() || opening.contains(OPEN) ? second() : null;
        if (second == null) {
            return null;
        }
        int extra = 0;
        while (extra < second.length() && !question.endsWith(second.substring(extra) + opening)) {
            extra++;
        }
        String user = second.substring(extra);
        // What stands in front of every question but the first belongs to the answers.
        if (!user.contains(CONTENT) || !second.substring(0, extra).isBlank()) {
            return null;
        }
        assistant += second.substring(0, extra);
        String head = question.substring(0, question.length() - user.length() - opening.length());
        return instructed.endsWith(user + opening) ? blocks(user, head) : inside(user, head);
    }

    /** Where the answer begins. */
    private static int common(String question, String answered) {
        int at = 0;
        while (at < Math.min(question.length(), answered.length()) && question.charAt(at) == answered.charAt(at)) {
            at++;
        }
        // A thought that the prompt opens is no part of what every answer follows.
        int thought = question.lastIndexOf(OPEN, at);
        return thought > question.lastIndexOf(CONTENT) ? thought : at;
    }

    /** What stands around the second question, the opening of its answer aside. */
    private @Nullable String second() {
        int placeholder = assistant.indexOf(CONTENT);
        int answer = again.indexOf(CONTENT, again.indexOf(CONTENT) + 1);
        if (placeholder < 0 || answer < 0 || !again.endsWith(opening)) {
            return null;
        }
        int from = answer + CONTENT.length();
        String tail = assistant.substring(placeholder + CONTENT.length());
        if (!again.startsWith(tail, from) && !end.isEmpty() && tail.endsWith(end)) {
            tail = tail.substring(0, tail.length() - end.length());
            assistant = assistant.substring(0, assistant.length() - end.length());
        }
        int to = again.length() - opening.length();
        boolean fits = again.startsWith(tail, from) && from + tail.length() <= to;
        return fits ? again.substring(from + tail.length(), to) : null;
    }

    /** The system text has a block of its own. */
    private @Nullable Parts blocks(String user, String head) {
        String top = instructed.substring(0, instructed.length() - user.length() - opening.length());
        String beginning = beginnings.stream()
                .filter(text -> head.startsWith(text) && top.startsWith(text))
                .findFirst()
                .orElse("");
        TemplateKind kind = reasons ? TemplateKind.REASONING : TemplateKind.PLAIN;
        String system = top.substring(beginning.length());
        String written = head.substring(beginning.length());
        String text = filled(system, written);
        if (text != null) {
            return new Parts(kind, beginning, system, user, assistant, text);
        }
        // Something stands there that no system text gives. Without system texts it is right to write it first.
        String rest = top.startsWith(head) ? top.substring(head.length()) : system;
        return new Parts(kind, head, rest, user, assistant, "");
    }

    /** The system text stands inside the first question. */
    private @Nullable Parts inside(String user, String head) {
        int at = user.indexOf(CONTENT);
        String before = head + user.substring(0, at);
        String after = user.substring(at + CONTENT.length()) + opening;
        boolean fits = !reasons
                && instructed.length() >= before.length() + after.length()
                && instructed.startsWith(before)
                && instructed.endsWith(after);
        if (!fits) {
            return null;
        }
        String both = instructed.substring(before.length(), instructed.length() - after.length());
        if (!both.endsWith(CONTENT)) {
            return null;
        }
        String system = both.substring(0, both.length() - CONTENT.length());
        return new Parts(TemplateKind.LLAMA2, head, system, user, assistant, "");
    }

    /** With which text the system's piece gives what is written without one; null where no text does. */
    private static @Nullable String filled(String system, String written) {
        if (written.isEmpty()) {
            return "";
        }
        int at = system.indexOf(CONTENT);
        if (at < 0) {
            return null;
        }
        String before = system.substring(0, at);
        String after = system.substring(at + CONTENT.length());
        boolean fits = written.length() > before.length() + after.length()
                && written.startsWith(before)
                && written.endsWith(after);
        return fits ? written.substring(before.length(), written.length() - after.length()) : null;
    }
}
