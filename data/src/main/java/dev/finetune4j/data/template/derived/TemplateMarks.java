package dev.finetune4j.data.template.derived;

import dev.finetune4j.data.template.Pieces;
import dev.finetune4j.data.template.Slot;
import dev.finetune4j.data.template.Slots;
import dev.finetune4j.data.template.Template;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Words of a template that are tokens of their own in the models it is for, by their look. */
final class TemplateMarks {
    private static final Pattern MARK = Pattern.compile("<[|｜][^<>|｜\\s]+[|｜]>|<[a-z]+(?:_[a-z]+)+>");

    private TemplateMarks() {}

    /** The template's marks where the vocabulary has none of them, which says that it is for other models; else nothing. */
    static List<String> foreign(Template template, Tokenizer tokenizer) {
        Set<String> marks = new LinkedHashSet<>();
        Pieces pieces = template.pieces();
        for (Slots slots : List.of(pieces.prefix(), pieces.system(), pieces.user(), pieces.assistant())) {
            for (Slot slot : slots.slots()) {
                if (slot instanceof Slot.Text text) {
                    Matcher matcher = MARK.matcher(text.text());
                    while (matcher.find()) {
                        marks.add(matcher.group());
                    }
                }
            }
        }
        boolean known = marks.stream().anyMatch(mark -> tokenizer.id(mark).isPresent());
        return known ? List.of() : List.copyOf(marks);
    }
}
