package dev.finetune4j.core.config.model;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A limit on memory: a number of bytes, or a share of what the device has free when the run is planned.
 *
 * @param amount bytes if at least 1, else the share
 */
public record MemoryBudget(double amount) {
    private static final Pattern FORM = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)\\s*([KMGT]?)(I?)B?");
    private static final String PREFIXES = "KMGT";

    public MemoryBudget {
        if (!(amount > 0) || Double.isInfinite(amount)) {
            throw new IllegalArgumentException(
                    "a memory budget is a positive number of bytes or a share, found " + amount);
        }
    }

    /**
     * Reads {@code 4000000000}, {@code 4GB} (decimal), {@code 4GiB} (binary) or a share such as {@code 0.5}.
     *
     * @throws IllegalArgumentException for any other form
     */
    public static MemoryBudget parse(String text) {
        Matcher form = FORM.matcher(text.strip().toUpperCase(Locale.ROOT));
        if (!form.matches()) {
            throw new IllegalArgumentException("expected bytes (4GB, 4GiB, 4000000000) or a share (0.5)");
        }
        int power = form.group(2).isEmpty() ? 0 : PREFIXES.indexOf(form.group(2)) + 1;
        double unit = Math.pow(form.group(3).isEmpty() ? 1000 : 1024, power);
        double number = Double.parseDouble(form.group(1));
        if (number == 0) {
            throw new IllegalArgumentException("must be greater than 0");
        }
        return new MemoryBudget(power == 0 ? number : Math.max(1, number * unit));
    }

    /** The limit in bytes on a device with {@code free} bytes available. */
    public long bytes(long free) {
        return amount < 1 ? (long) (amount * free) : (long) amount;
    }

    /** The form that {@link #parse} reads. */
    @Override
    public String toString() {
        return amount < 1 ? Double.toString(amount) : Long.toString((long) amount);
    }
}
