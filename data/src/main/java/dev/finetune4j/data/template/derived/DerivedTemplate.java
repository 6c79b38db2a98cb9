package dev.finetune4j.data.template.derived;

import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.template.Pieces;
import dev.finetune4j.data.template.Slot;
import dev.finetune4j.data.template.Slots;
import dev.finetune4j.data.template.Template;
import dev.finetune4j.data.template.TemplateOptions;
import dev.finetune4j.data.template.Thinking;
import dev.finetune4j.data.template.tool.ToolStyle;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/**
 * A template as data, read out of the tokenizer's own chat template: a few conversations whose texts are placeholders are
 * rendered, and what stands around the placeholders are the template's pieces. Tools are written in the default format.
 */
public final class DerivedTemplate {
    /** Name of every template that comes out. */
    public static final String NAME = "from the tokenizer";

    private DerivedTemplate() {}

    /**
     * The tokenizer's chat template as data, with a run's wishes applied. For compatibility it is read exactly as by
     * LLaMA-Factory; else so that it writes what the chat template writes, as far as pieces can.
     *
     * @throws TemplateException if the chat template refuses one of the conversations that are needed to read it, or leaves
     *     a text out of them
     */
    public static Template of(Tokenizer tokenizer, TemplateOptions options) {
        LocalDate day = options.date() == null ? LocalDate.now() : options.date();
        Probe probe = new Probe(ChatTemplate.of(tokenizer, day));
        String frame = tokenizer.decode(tokenizer.frame(), false);
        String eos = tokenizer.specialTokens().eos();
        Parts parts = options.likeLlamaFactory()
                ? null
                : TurnReading.read(probe, beginnings(tokenizer, frame), eos == null ? "" : eos);
        if (parts == null) {
            parts = CompatibleReading.read(probe, frame);
        }
        return template(parts).with(options);
    }

    private static List<String> beginnings(Tokenizer tokenizer, String frame) {
        List<String> beginnings = new ArrayList<>();
        if (!frame.isEmpty()) {
            beginnings.add(frame);
        }
        String bos = tokenizer.specialTokens().bos();
        if (bos != null) {
            beginnings.add(bos);
        }
        return beginnings;
    }

    private static Slots slots(String what, String text) {
        if (!text.contains(Probe.CONTENT)) {
            throw Probe.unreadable("it leaves " + what + " out of a plain conversation", null);
        }
        return new Slots(List.of(new Slot.Text(text)));
    }

    private static Template template(Parts parts) {
        Slots user = slots("the user's message", parts.user());
        Slots answer = slots("the answer", parts.assistant());
        String prefix = parts.prefix();
        Pieces pieces = new Pieces(
                prefix.isEmpty() ? Slots.NONE : new Slots(List.of(new Slot.Text(prefix))),
                slots("the system text", parts.system()),
                user,
                answer,
                answer,
                user,
                null,
                "\n",
                new Thinking("<tool_call>", "</tool_call>"));
        return new Template(
                NAME,
                parts.kind(),
                pieces,
                parts.defaultSystem(),
                List.of(),
                new Thinking("<think>\n", "\n</think>\n\n"),
                "default",
                ToolStyle.today(),
                false,
                false,
                false,
                true,
                false,
                "base");
    }
}
