package dev.finetune4j.data.arrow.internal.vector;

import dev.finetune4j.data.arrow.internal.FieldType;
import dev.finetune4j.data.arrow.internal.FieldType.Kind;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Numbers, booleans, and points in time, which are read as ISO 8601 text. */
public final class FixedVector extends Vector {
    private static final long NANOS = 1_000_000_000L;
    private static final long DAY_MILLIS = 86_400_000L;

    private final FieldType type;
    private final ByteBuffer data;
    private final IntBuffer ints;
    private final LongBuffer longs;

    FixedVector(Extent extent, FieldType type, ByteBuffer data) {
        super(extent);
        this.type = type;
        this.data = data;
        this.ints = data.asIntBuffer();
        this.longs = data.asLongBuffer();
    }

    public FieldType type() {
        return type;
    }

    /** Whether values are whole numbers. */
    public boolean isWhole() {
        return type.kind() == Kind.INT || type.kind() == Kind.UNSIGNED;
    }

    /** @throws dev.finetune4j.core.error.DataException for an unsigned number beyond {@link Long#MAX_VALUE} */
    public long number(int index) {
        long bits = bits(index);
        if (beyond(bits)) {
            throw extent.damaged(Long.toUnsignedString(bits) + " does not fit 64 bits with a sign.");
        }
        return bits;
    }

    /** A whole number; of an unsigned column with 64 bits, the bits. */
    long bits(int index) {
        boolean unsigned = type.kind() == Kind.UNSIGNED;
        return switch (type.size()) {
            case Byte.BYTES -> unsigned ? Byte.toUnsignedLong(data.get(index)) : data.get(index);
            case Short.BYTES ->
                unsigned
                        ? Short.toUnsignedLong(data.getShort(index * Short.BYTES))
                        : data.getShort(index * Short.BYTES);
            case Integer.BYTES -> unsigned ? Integer.toUnsignedLong(ints.get(index)) : ints.get(index);
            default -> longs.get(index);
        };
    }

    /** A run of whole numbers of 32 bits or fewer; wider ones that do not fit are an error. */
    int[] ints(int from, int to) {
        int[] values = new int[to - from];
        if (type.size() == Integer.BYTES && type.kind() == Kind.INT) {
            ints.get(from, values);
            return values;
        }
        for (int i = from; i < to; i++) {
            long value = number(i);
            if (value != (int) value) {
                throw extent.damaged(value + " does not fit 32 bits.");
            }
            values[i - from] = (int) value;
        }
        return values;
    }

    long[] longs(int from, int to) {
        long[] values = new long[to - from];
        for (int i = from; i < to; i++) {
            values[i - from] = number(i);
        }
        return values;
    }

    byte[] bytes(int from, int to) {
        byte[] values = new byte[to - from];
        data.get(from, values);
        return values;
    }

    /** Whether each value takes a byte. */
    boolean ofBytes() {
        return isWhole() && type.size() == Byte.BYTES;
    }

    @Override
    Object present(int index) {
        return switch (type.kind()) {
            case BOOL -> Extent.bit(data, index);
            case FLOAT -> real(index);
            case DATE -> date(index);
            case TIME -> time(bits(index));
            case TIMESTAMP -> stamp(bits(index));
            default -> whole(bits(index));
        };
    }

    /** As JSON readers have it: an int where it fits. */
    private Object whole(long bits) {
        if (beyond(bits)) {
            return new BigInteger(Long.toUnsignedString(bits));
        }
        return bits == (int) bits ? (Object) (int) bits : (Object) bits;
    }

    private boolean beyond(long bits) {
        return bits < 0 && type.kind() == Kind.UNSIGNED;
    }

    private double real(int index) {
        return switch (type.size()) {
            case Short.BYTES -> half(data.getShort(index * Short.BYTES));
            case Float.BYTES -> Float.intBitsToFloat(ints.get(index));
            default -> Double.longBitsToDouble(longs.get(index));
        };
    }

    /** IEEE 754 binary16: one sign bit, five bits of exponent with bias 15, ten of mantissa. */
    private static double half(short bits) {
        int exponent = bits >> 10 & 0x1f;
        int mantissa = bits & 0x3ff;
        double magnitude;
        if (exponent == 0) {
            magnitude = Math.scalb((double) mantissa, -24);
        } else if (exponent == 0x1f) {
            magnitude = mantissa == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
        } else {
            magnitude = Math.scalb((double) (mantissa | 0x400), exponent - 25);
        }
        return bits < 0 ? -magnitude : magnitude;
    }

    private String date(int index) {
        long value = bits(index);
        try {
            return LocalDate.ofEpochDay(type.size() == Integer.BYTES ? value : Math.floorDiv(value, DAY_MILLIS))
                    .toString();
        } catch (DateTimeException e) {
            throw extent.damaged(value + " is no date.");
        }
    }

    private String time(long value) {
        try {
            return DateTimeFormatter.ISO_LOCAL_TIME.format(
                    LocalTime.ofNanoOfDay(Math.multiplyExact(value, NANOS / type.perSecond())));
        } catch (DateTimeException | ArithmeticException e) {
            throw extent.damaged(value + " is no time of day.");
        }
    }

    private String stamp(long value) {
        String zone = type.zone();
        Instant instant = Instant.ofEpochSecond(
                Math.floorDiv(value, type.perSecond()),
                Math.floorMod(value, type.perSecond()) * (NANOS / type.perSecond()));
        try {
            return zone == null || zone.isEmpty()
                    ? DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(instant.atOffset(ZoneOffset.UTC))
                    : DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(instant.atZone(ZoneId.of(zone)));
        } catch (DateTimeException e) {
            throw extent.damaged(value + " in zone " + zone + " is no point in time.");
        }
    }
}
