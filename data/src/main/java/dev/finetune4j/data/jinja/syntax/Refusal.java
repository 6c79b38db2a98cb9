package dev.finetune4j.data.jinja.syntax;

import dev.finetune4j.core.error.TemplateException;

/** The message for a chat template that cannot be read. */
final class Refusal {
    private Refusal() {}

    static TemplateException at(int line, String what) {
        return new TemplateException("Chat template, line " + line + ": " + what
                + ". Correct the template, or set template to one that the library knows.");
    }
}
