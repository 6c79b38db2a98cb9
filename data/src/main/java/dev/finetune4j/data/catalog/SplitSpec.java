package dev.finetune4j.data.catalog;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.dataset.Cursor;
import dev.finetune4j.data.dataset.Dataset;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which splits, or slices of splits, make up a data set, in the notation of the Python library {@code datasets}: {@code
 * train}, {@code train[:10%]}, {@code train[100:200]}, {@code train[:10%]+train[-5:]}.
 *
 * @param text as written
 * @param parts joined in this order
 */
public record SplitSpec(String text, List<Part> parts) {
    /** Name that stands for every split, one after the other. */
    public static final String ALL = "all";

    private static final String NUMBER = "(-?[\\d_]+)(%)?";
    private static final Pattern PART = Pattern.compile(
            "(?<split>\\w+(?:\\.\\w+)*)(?:\\[(?:" + NUMBER + ")?:(?:" + NUMBER + ")?\\])?(?:\\((?<rounding>[^)]*)\\))?",
            Pattern.UNICODE_CHARACTER_CLASS);
    private static final String CLOSEST = "closest";
    private static final String WHOLE_PERCENTS = "pct1_dropremainder";
    private static final int PERCENT = 100;

    /** Where nothing is said. */
    public static final SplitSpec TRAIN = parse("train", "");

    /**
     * A slice of one split. A bound below 0 counts from the end, one beyond the end is the end.
     *
     * @param from first row, null for the first of all
     * @param to row behind the last, null for all that follow
     * @param percent whether both bounds are percents
     * @param dropsRemainder whether a percent is a whole number of rows, so that equal slices have equal lengths; otherwise
     *     bounds are rounded, halves to the even row
     */
    public record Part(
            String split, @Nullable Integer from, @Nullable Integer to, boolean percent, boolean dropsRemainder) {
        /** Whether the number of rows of the split decides where the slice lies. */
        boolean needsCount() {
            return percent || from != null && from < 0 || to != null && to < 0;
        }

        boolean isWhole() {
            return from == null && to == null;
        }

        /** First row and row behind the last, in a split of so many rows. */
        long[] bounds(long count, String where) {
            return new long[] {bound(from, 0, count, where), bound(to, count, count, where)};
        }

        private long bound(@Nullable Integer bound, long otherwise, long count, String where) {
            if (bound == null) {
                return otherwise;
            }
            long row = percent ? ofPercent(bound, count, where) : bound;
            return Math.min(row < 0 ? Math.max(count + row, 0) : row, count);
        }

        private long ofPercent(int bound, long count, String where) {
            if (!dropsRemainder) {
                return (long) Math.rint((double) bound * count / PERCENT);
            }
            if (count < PERCENT) {
                throw new DataException(
                        where,
                        "A slice rounded by " + WHOLE_PERCENTS + " of a split with " + count
                                + " rows is always empty. Leave the rounding out.");
            }
            return bound * (count / PERCENT);
        }
    }

    public SplitSpec {
        parts = List.copyOf(parts);
    }

    /**
     * @param where catalog and entry, for messages
     * @throws DataException if the text is not in this notation
     */
    public static SplitSpec parse(String text, String where) {
        List<Part> parts = new ArrayList<>();
        for (String part : text.split("\\s*\\+\\s*", -1)) {
            parts.add(part(part, text, where));
        }
        return new SplitSpec(text, parts);
    }

    private static Part part(String part, String text, String where) {
        Matcher matcher = PART.matcher(part);
        if (!matcher.matches()) {
            throw new DataException(
                    where,
                    "\"split\" is \"" + text + "\", and \"" + part
                            + "\" is no split. Write train, train[100:200], train[:10%], or several joined by +.");
        }
        boolean percent = matcher.group(3) != null || matcher.group(5) != null;
        Part found = new Part(
                matcher.group("split"),
                number(matcher.group(2), where),
                number(matcher.group(4), where),
                percent,
                dropsRemainder(matcher.group("rounding"), percent, where));
        checkPercent(found.from, percent, where);
        checkPercent(found.to, percent, where);
        return found;
    }

    private static @Nullable Integer number(@Nullable String text, String where) {
        try {
            return text == null ? null : Integer.valueOf(text.replace("_", ""));
        } catch (NumberFormatException e) {
            throw new DataException(where, "\"split\" holds " + text + ", which is no number of rows.", e);
        }
    }

    private static void checkPercent(@Nullable Integer bound, boolean percent, String where) {
        if (percent && bound != null && Math.abs(bound) > PERCENT) {
            throw new DataException(where, "\"split\" holds " + bound + "%. Percents lie between -100 and 100.");
        }
    }

    private static boolean dropsRemainder(@Nullable String rounding, boolean percent, String where) {
        if (rounding == null || rounding.isEmpty()) {
            return false;
        }
        if (!percent || !rounding.equals(CLOSEST) && !rounding.equals(WHOLE_PERCENTS)) {
            throw new DataException(
                    where,
                    "\"split\" rounds by \"" + rounding + "\". Percents can be rounded by " + CLOSEST + " or "
                            + WHOLE_PERCENTS + "; numbers of rows are not rounded.");
        }
        return rounding.equals(WHOLE_PERCENTS);
    }

    /**
     * The rows that this describes.
     *
     * @param open all rows of a split by its name; called now
     * @param where for messages
     */
    <T> Dataset<T> of(Function<String, Dataset<T>> open, String where) {
        List<Dataset<T>> slices = new ArrayList<>();
        for (Part part : parts) {
            Dataset<T> whole = open.apply(part.split);
            slices.add(part.isWhole() ? whole : Dataset.from(() -> slice(whole, part, where), OptionalLong.empty()));
        }
        return slices.size() == 1 ? slices.get(0) : Dataset.concat(slices);
    }

    private static <T> Cursor<T> slice(Dataset<T> whole, Part part, String where) {
        long count = part.needsCount() ? count(whole) : Long.MAX_VALUE;
        long[] bounds = part.bounds(count, where);
        return whole.skip(bounds[0]).take(Math.max(0, bounds[1] - bounds[0])).iterator();
    }

    private static <T> long count(Dataset<T> whole) {
        if (whole.size().isPresent()) {
            return whole.size().getAsLong();
        }
        long count = 0;
        try (Cursor<T> cursor = whole.iterator()) {
            while (cursor.hasNext()) {
                cursor.next();
                count++;
            }
        }
        return count;
    }
}
