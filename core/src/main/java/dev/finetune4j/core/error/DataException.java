package dev.finetune4j.core.error;

/** A row, file or catalog entry that cannot be used. */
public final class DataException extends FineTuneException {
    private static final long serialVersionUID = 1L;

    private final String where;

    /**
     * @param where data set, file and row, such as {@code orders.jsonl:1042}
     * @param message what is wrong and the way out
     */
    public DataException(String where, String message) {
        this(where, message, null);
    }

    public DataException(String where, String message, @org.jspecify.annotations.Nullable Throwable cause) {
        super(where.isEmpty() ? message : where + ": " + message, cause);
        this.where = where;
    }

    /** Data set, file and row as far as known; empty where no single place is at fault. */
    public String where() {
        return where;
    }
}
