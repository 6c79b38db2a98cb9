package dev.finetune4j.data.template;

import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.conversation.Message;
import dev.finetune4j.data.conversation.Role;
import dev.finetune4j.data.template.tool.CallText;
import dev.finetune4j.data.template.tool.ToolFormat;
import dev.finetune4j.data.template.tool.ToolList;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** Renders conversations with one template, to the pieces that are then tokenized one by one. */
public final class Renderer {
    private static final String TURN = "{{idx}}";

    private final Template template;
    private final boolean likeLlamaFactory;

    public Renderer(Template template) {
        this.template = template;
        this.likeLlamaFactory = template.toolStyle().likeLlamaFactory();
    }

    /**
     * All turns, each to be trained on.
     *
     * @param messages an even number, taking turns
     * @param system empty for the template's own
     * @param tools JSON list, empty for none
     * @param lastOnly whether only the last answer is to be learned; then earlier thoughts are dropped
     * @throws TemplateException if a message cannot be rendered
     */
    public List<Turn> turns(List<Message> messages, String system, String tools, boolean lastOnly) {
        if (messages.size() % 2 != 0 || messages.isEmpty()) {
            throw new TemplateException("A conversation of " + messages.size()
                    + " messages has no answer to every message. Give each question its answer.");
        }
        boolean discard = lastOnly && !template.preserveThinking();
        boolean never = Boolean.FALSE.equals(template.enableThinking());
        int last = messages.size() - 1;
        List<Message> kept = withoutThoughts(messages, i -> never || (discard && i < last));
        List<List<Slot>> rendered = renderAll(kept, system, tools);
        List<Turn> turns = new ArrayList<>();
        for (int i = 0; i < rendered.size(); i += 2) {
            boolean thoughtful = template.kind().reasons() && (!discard || i + 1 == last);
            turns.add(turn(rendered.get(i), rendered.get(i + 1), thoughtful && lacksThought(kept.get(i + 1))));
        }
        return turns;
    }

    /**
     * Everything before the last message as one prompt, and the last message as the response.
     *
     * @param messages ends with the model's message, which may be empty where the model is still to write it
     */
    public Turn lastTurn(List<Message> messages, String system, String tools) {
        int last = messages.size() - 1;
        boolean never = Boolean.FALSE.equals(template.enableThinking());
        List<Message> kept =
                withoutThoughts(messages, i -> i < last ? !template.preserveThinking() && i < last - 1 : never);
        List<List<Slot>> rendered = renderAll(kept, system, tools);
        List<Slot> prompt = new ArrayList<>();
        rendered.subList(0, last).forEach(prompt::addAll);
        return turn(prompt, rendered.get(last), template.kind().reasons() && lacksThought(kept.get(last)));
    }

    private boolean lacksThought(Message answer) {
        return !template.thinking().in(answer.content());
    }

    private Turn turn(List<Slot> prompt, List<Slot> response, boolean addEmptyThought) {
        if (!addEmptyThought) {
            return new Turn(prompt, response);
        }
        Slot empty = new Slot.Text(template.thinking().empty(template.kind()));
        boolean trained = Boolean.TRUE.equals(template.enableThinking());
        List<Slot> longer = new ArrayList<>(trained ? response : prompt);
        longer.add(trained ? 0 : longer.size(), empty);
        return trained ? new Turn(prompt, longer) : new Turn(longer, response);
    }

    /** Thoughts removed from the answers that the predicate names by position; only reasoning templates do so. */
    private List<Message> withoutThoughts(List<Message> messages, IntPredicate removed) {
        if (!template.kind().reasons()) {
            return messages;
        }
        List<Message> kept = new ArrayList<>(messages);
        for (int i = 1; i < kept.size(); i += 2) {
            if (removed.test(i)) {
                Message message = kept.get(i);
                kept.set(i, message.content(template.thinking().removeFrom(message.content())));
            }
        }
        return kept;
    }

    private List<List<Slot>> renderAll(List<Message> messages, String system, String tools) {
        String text = system.isEmpty() ? template.defaultSystem() : system;
        boolean offered = likeLlamaFactory ? !tools.isEmpty() : !ToolList.isNone(tools);
        List<List<Slot>> rendered = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            List<Slot> slots = new ArrayList<>();
            String inside = "";
            if (i == 0) {
                slots.addAll(template.pieces().prefix().render(""));
                if (!text.isEmpty() || offered) {
                    String content = text + (offered ? toolText(tools, text.isEmpty()) : "");
                    if (template.kind() == TemplateKind.LLAMA2) {
                        inside = template.pieces().system().renderFirst(content);
                    } else {
                        slots.addAll(template.pieces().system().render(content));
                    }
                }
            }
            slots.addAll(message(messages.get(i), inside));
            rendered.add(likeLlamaFactory ? numbered(slots, messages.get(i), i / 2) : slots);
        }
        return rendered;
    }

    /**
     * LLaMA-Factory numbers the turns for templates that ask for it in their user's pieces. No template does, but a user's
     * text may hold the same word.
     */
    private List<Slot> numbered(List<Slot> slots, Message message, int turn) {
        if (message.role() != Role.USER
                || template.kind() == TemplateKind.LLAMA2
                || !message.content().contains(TURN)) {
            return slots;
        }
        // The pieces of the message are the last ones; those in front belong to prefix and system text.
        int from = slots.size() - template.pieces().user().slots().size();
        List<Slot> numbered = new ArrayList<>(slots);
        for (int i = from; i < slots.size(); i++) {
            if (slots.get(i) instanceof Slot.Text text && text.text().contains(TURN)) {
                int at = text.text().indexOf(TURN);
                numbered.set(
                        i,
                        new Slot.Text(text.text().substring(0, at)
                                + turn
                                + text.text().substring(at + TURN.length())));
            }
        }
        return numbered;
    }

    private String toolText(String tools, boolean withoutSystem) {
        Slots raw = template.pieces().tools();
        String text = raw == null ? toolFormat().renderTools(tools, template.toolStyle()) : raw.renderFirst(tools);
        return template.kind() == TemplateKind.MOSS_VL && withoutSystem ? text.replaceFirst("^\n+", "") : text;
    }

    private List<Slot> message(Message message, String systemInside) {
        Pieces pieces = template.pieces();
        if (message.role() == Role.USER) {
            return pieces.user().render(systemInside + message.content());
        }
        if (message.role() == Role.OBSERVATION) {
            // LLaMA-Factory has a place for the system text in front of a question only, and loses it here.
            return pieces.observation().render((likeLlamaFactory ? "" : systemInside) + results(message));
        }
        return message.role() == Role.ASSISTANT
                ? pieces.assistant().render(message.content())
                : pieces.function().render(calls(message));
    }

    private ToolFormat toolFormat() {
        return ToolFormat.named(template.toolFormat());
    }

    private String results(Message message) {
        if (message.furtherResults().isEmpty()) {
            return message.content();
        }
        String between = template.pieces().betweenResults();
        return message.content() + between + String.join(between, message.furtherResults());
    }

    private String calls(Message message) {
        CallText text = new CallText(toolFormat(), template.toolStyle());
        if (!message.calls().isEmpty()) {
            return text.renderBehind(message.content(), message.calls());
        }
        if (template.kind() == TemplateKind.LLAMA2 && likeLlamaFactory) {
            return text.render(message.content());
        }
        Thinking thinking = template.thinking();
        Thinking words = template.pieces().callWords();
        return text.render(
                message.content(),
                new CallText.Words(thinking.open(), thinking.close()),
                new CallText.Words(words.open(), words.close()));
    }
}
