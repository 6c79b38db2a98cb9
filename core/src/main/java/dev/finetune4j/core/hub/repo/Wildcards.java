package dev.finetune4j.core.hub.repo;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Shell wildcards as regular expressions: {@code *}, {@code ?}, {@code [abc]}, {@code [a-z]} and {@code [!abc]}. */
public final class Wildcards {
    private static final Pattern NOTHING = Pattern.compile("(?!)");

    private Wildcards() {}

    /** As Python's {@code fnmatch}: wildcards match slashes too. The pattern must match the whole text. */
    public static Pattern anywhere(String pattern) {
        return compile(regex(pattern, ".*", "."));
    }

    /** A regular expression, dots matching line ends; one that matches nothing where a set like {@code [z-a]} is empty. */
    public static Pattern compile(String regex) {
        try {
            return Pattern.compile(regex, Pattern.DOTALL);
        } catch (PatternSyntaxException e) {
            return NOTHING;
        }
    }

    /**
     * The expression for a pattern.
     *
     * @param star what {@code *} stands for
     * @param any what {@code ?} stands for
     */
    public static String regex(String pattern, String star, String any) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < pattern.length()) {
            char c = pattern.charAt(at);
            int end = c == '[' ? endOfSet(pattern, at) : -1;
            if (end > 0) {
                out.append(set(pattern.substring(at + 1, end)));
                at = end;
            } else if (c == '*') {
                out.append(star);
            } else if (c == '?') {
                out.append(any);
            } else {
                out.append(Pattern.quote(String.valueOf(c)));
            }
            at++;
        }
        return out.toString();
    }

    /** Index of the bracket that closes the set opened at {@code open}, or −1 where the bracket is a plain one. */
    private static int endOfSet(String pattern, int open) {
        int at = open + 1;
        if (at < pattern.length() && pattern.charAt(at) == '!') {
            at++;
        }
        // A bracket right at the start of a set is a member of it.
        return pattern.indexOf(']', at + 1);
    }

    private static String set(String members) {
        boolean negated = members.startsWith("!");
        String escaped = (negated ? members.substring(1) : members).replaceAll("[\\[\\]\\\\&^]", "\\\\$0");
        return "[" + (negated ? "^" : "") + escaped + "]";
    }
}
