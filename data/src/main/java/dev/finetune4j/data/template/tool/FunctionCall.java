package dev.finetune4j.data.template.tool;

import org.jspecify.annotations.Nullable;

/**
 * One call.
 *
 * @param arguments as parsed from JSON, usually a map
 */
public record FunctionCall(String name, @Nullable Object arguments) {}
