package dev.finetune4j.core.gguf.family;

import org.jspecify.annotations.Nullable;

/**
 * A tensor under its name on the hub.
 *
 * @param name the name; where it {@link #isStacked holds a number sign}, the tensor is taken apart along its first dimension
 *     and the sign stands for the place
 * @param layout what has to be done to it
 */
public record TensorName(String name, Layout layout) {
    private static final String IGNORED = "ignore";

    /** Whether the tensor is not needed. */
    public boolean isIgnored() {
        return name.equals(IGNORED);
    }

    /** Whether the first dimension is taken apart. */
    public boolean isStacked() {
        return name.indexOf('#') >= 0;
    }

    /** Name of one part of a stacked tensor. */
    public String part(long index) {
        return name.replace("#", Long.toString(index));
    }

    /** A line of the table, its pattern split at dots. */
    record Rule(String[] pattern, String name, Layout layout) {
        static Rule of(String pattern, String target) {
            String[] words = target.split(" ");
            return new Rule(pattern.split("\\."), words[0], words.length == 1 ? Layout.AS_IS : Layout.named(words[1]));
        }

        /** The hub's name without suffix; null if the pattern does not fit. */
        @Nullable
        TensorName match(String[] parts) {
            if (parts.length != pattern.length) {
                return null;
            }
            String found = name;
            for (int i = 0; i < parts.length; i++) {
                boolean open = pattern[i].equals("*") || pattern[i].equals("#");
                if (open ? !isNumber(parts[i]) : !pattern[i].equals(parts[i])) {
                    return null;
                }
                found = open ? found.replace(pattern[i], parts[i]) : found;
            }
            return new TensorName(found, layout);
        }

        private static boolean isNumber(String text) {
            return !text.isEmpty() && text.length() < 7 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        }
    }
}
