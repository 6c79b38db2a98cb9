package dev.finetune4j.data.jinja;

import dev.finetune4j.core.error.TemplateException;
import dev.finetune4j.data.jinja.builtin.Globals;
import dev.finetune4j.data.jinja.eval.Run;
import dev.finetune4j.data.jinja.eval.TemplateCompiler;
import dev.finetune4j.data.jinja.syntax.TemplateParser;
import dev.finetune4j.data.jinja.value.Budget;
import dev.finetune4j.data.jinja.value.Fault;
import dev.finetune4j.data.jinja.value.Limits;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A chat template, ready to render conversations. Immutable and thread-safe; compile it once. */
public final class JinjaTemplate {
    private final TemplateCompiler.Program program;
    private final Map<String, Object> globals;
    private final Limits limits;

    private JinjaTemplate(TemplateCompiler.Program program, Map<String, Object> globals, Limits limits) {
        this.program = program;
        this.globals = globals;
        this.limits = limits;
    }

    /** @throws TemplateException with the line, where the text is no template or uses what does not exist */
    public static JinjaTemplate compile(String source) {
        try {
            TemplateCompiler.Program program = TemplateCompiler.compile(TemplateParser.parse(source));
            return new JinjaTemplate(program, Globals.of(Clock.systemDefaultZone()), Limits.DEFAULTS);
        } catch (StackOverflowError e) {
            throw tooDeep(e);
        }
    }

    /** The same with another clock behind {@code strftime_now}; templates that write the date need one to be repeatable. */
    public JinjaTemplate clock(Clock clock) {
        return new JinjaTemplate(program, Globals.of(clock), limits);
    }

    /** The same with other limits. */
    public JinjaTemplate limits(Limits other) {
        return new JinjaTemplate(program, globals, other);
    }

    /**
     * Renders with these variables: texts, numbers, booleans, null, and lists and maps of them. Nothing of it is changed.
     *
     * @throws TemplateException with the line, where the template refuses them, cannot work with them, or goes beyond its
     *     limits
     */
    public Rendering render(Map<String, ? extends @Nullable Object> variables) {
        Run run = new Run(new Budget(limits), variables, globals);
        try {
            program.run(run);
        } catch (Fault fault) {
            throw new TemplateException(message(run.line(), fault), fault);
        } catch (StackOverflowError e) {
            throw tooDeep(e);
        }
        return new Rendering(
                run.text(),
                run.spans().stream()
                        .map(span -> new Rendering.Span(span[0], span[1]))
                        .toList());
    }

    private static String message(int line, Fault fault) {
        String where = "Chat template, line " + line + ": ";
        if (fault.isRefusal()) {
            return where + "the template refuses the conversation: " + fault.getMessage()
                    + " Change the conversation, or set template to one that takes it.";
        }
        return where + fault.getMessage()
                + ". Correct the template or what it is given, or set template to one that the library knows.";
    }

    private static TemplateException tooDeep(StackOverflowError cause) {
        return new TemplateException(
                "The chat template nests too deeply for the stack of a thread. Simplify it, or set template to one that"
                        + " the library knows.",
                cause);
    }
}
