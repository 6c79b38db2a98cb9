package dev.finetune4j.data.template.derived;

import dev.finetune4j.data.template.TemplateKind;

/**
 * What a chat template writes, with placeholders for the messages' texts.
 *
 * @param prefix in front of everything
 * @param defaultSystem its own system text, empty for none
 */
record Parts(TemplateKind kind, String prefix, String system, String user, String assistant, String defaultSystem) {}
