package dev.finetune4j.core.hub.repo;

import dev.finetune4j.core.error.HubException;
import java.util.regex.Pattern;

/**
 * A repository of a hub.
 *
 * @param name {@code owner/name}, or one word for the oldest repositories of Hugging Face
 */
public record RepoId(Kind kind, String name) {
    private static final int LONGEST = 96;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_.-]+)?");

    /** What a repository holds. */
    public enum Kind {
        MODEL("model"),
        DATASET("dataset");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** {@code model} or {@code dataset}. */
        public String word() {
            return word;
        }

        /** {@code models} or {@code datasets}, as addresses and cache folders spell it. */
        public String plural() {
            return word + "s";
        }
    }

    public RepoId {
        if (!isName(name)) {
            throw new HubException(
                    HubException.Kind.INVALID,
                    "",
                    "\"" + name
                            + "\" cannot be the name of a repository. It is \"owner/name\" of letters, digits, dots,"
                            + " dashes and underscores, without \"--\" or \"..\", " + LONGEST
                            + " characters at most. If a folder is meant, it does not exist.");
        }
    }

    public static RepoId model(String name) {
        return new RepoId(Kind.MODEL, name);
    }

    public static RepoId dataset(String name) {
        return new RepoId(Kind.DATASET, name);
    }

    /** Whether a hub could have a repository of that name. */
    public static boolean isName(String text) {
        boolean endsOdd = text.endsWith(".") || text.endsWith("-") || text.endsWith(".git");
        return NAME.matcher(text).matches()
                && !text.contains("--")
                && !text.contains("..")
                && !endsOdd
                && text.length() <= LONGEST;
    }

    @Override
    public String toString() {
        return kind.word + " " + name;
    }
}
