package dev.finetune4j.core.error;

import org.jspecify.annotations.Nullable;

/** A repository, revision or file of a model hub that could not be had; names all three, the reason and the way out. */
public final class HubException extends FineTuneException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final String where;

    /** What stood in the way. */
    public enum Kind {
        /** No such repository, as far as the hub tells this token. */
        REPO_NOT_FOUND,
        /** The repository has no such branch, tag or commit. */
        REVISION_NOT_FOUND,
        /** The revision holds no such file. */
        FILE_NOT_FOUND,
        /** The owner wants its conditions accepted first. */
        GATED,
        /** A token is missing, wrong, or without the permission. */
        TOKEN,
        /** The hub was not reached. */
        NO_NETWORK,
        /** Offline mode, and the cache does not hold it. */
        OFFLINE,
        /** The hub answered with an error of its own, or with something that is no hub's answer. */
        SERVER,
        /** What arrived is not what the hub announced. */
        DAMAGED,
        /** The cache could not be read or written. */
        DISK,
        /** A name or pattern that no hub could have. */
        INVALID,
        /** The thread was interrupted while it waited. */
        INTERRUPTED
    }

    /**
     * @param where hub, repository, revision and file, such as {@code Hugging Face model org/name@main, config.json}
     * @param message what happened and the way out
     */
    public HubException(Kind kind, String where, String message, @Nullable Throwable cause) {
        super(where.isEmpty() ? message : where + ": " + message, cause);
        this.kind = kind;
        this.where = where;
    }

    public HubException(Kind kind, String where, String message) {
        this(kind, where, message, null);
    }

    public Kind kind() {
        return kind;
    }

    /** Hub, repository, revision and file as far as known. */
    public String where() {
        return where;
    }
}
