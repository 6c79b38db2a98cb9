package dev.finetune4j.data.batch;

import dev.finetune4j.data.template.Pieces;
import dev.finetune4j.data.template.Slot;
import dev.finetune4j.data.template.Slots;
import dev.finetune4j.data.template.Template;
import dev.finetune4j.data.template.TemplateKind;
import dev.finetune4j.data.template.Thinking;
import dev.finetune4j.data.template.tool.ToolStyle;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/** Templates around {@link dev.finetune4j.data.tokenizer.NumberTokenizer}: a beginning token, then nothing but the texts. */
final class NumberTemplate {
    private static final Thinking THINKING = new Thinking("<think>", "</think>");

    private NumberTemplate() {}

    /**
     * @param efficientEos whether the end of an answer is the first token of the next turn
     * @param behindUser tokens behind what the user says
     */
    static Template of(boolean efficientEos, String... behindUser) {
        Slot content = new Slot.Text(Slots.PLACEHOLDER);
        List<Slot> user = new ArrayList<>(List.of(content));
        for (String token : behindUser) {
            user.add(new Slot.Token(token));
        }
        Slots answer = new Slots(efficientEos ? List.of(content) : List.of(content, Slot.Special.EOS));
        Pieces pieces = new Pieces(
                new Slots(List.of(Slot.Special.BOS)),
                new Slots(List.of(content)),
                new Slots(user),
                answer,
                answer,
                new Slots(user),
                null,
                "\n",
                THINKING);
        return new Template(
                "numbers",
                TemplateKind.PLAIN,
                pieces,
                "",
                List.of(),
                THINKING,
                "default",
                new ToolStyle(LocalDate.EPOCH, false),
                efficientEos,
                false,
                false,
                true,
                false,
                "base");
    }
}
