package dev.finetune4j.core.gguf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the metadata section: keys, and values of thirteen types, arrays of arrays among them. */
final class MetadataReader {
    private static final int STRING = 8;
    private static final int ARRAY = 9;
    private static final int DEEPEST = 4;
    /** Bytes of an empty key, its type and a value of one byte. */
    private static final long LEAST_ENTRY = 8 + 4 + 1;

    private final HeaderReader in;

    MetadataReader(HeaderReader in) {
        this.in = in;
    }

    /** @param count how many entries follow, already compared with the file's size */
    Map<String, Object> read(int count) throws IOException {
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            in.reading("the key of metadata entry " + i);
            String key = in.text();
            in.reading("the metadata key \"" + shortened(key) + "\"");
            if (values.put(key, value(in.u32(), key, 0)) != null) {
                throw in.damaged("the metadata key \"" + shortened(key)
                        + "\" occurs twice, and which one counts is not said. Convert the model again");
            }
        }
        return values;
    }

    static long leastEntry() {
        return LEAST_ENTRY;
    }

    /** A name from a file that may be damaged, short enough for a message. */
    static String shortened(String name) {
        return name.length() > 80 ? name.substring(0, 80) + "…" : name;
    }

    private Object value(long type, String key, int depth) throws IOException {
        return switch ((int) type) {
            case 0 -> (long) in.u8();
            case 1 -> (long) in.i8();
            case 2 -> (long) in.u16();
            case 3 -> (long) in.i16();
            case 4 -> in.u32();
            case 5 -> (long) in.i32();
            case 6 -> decimal(in.f32());
            case 7 -> in.u8() != 0;
            case STRING -> in.text();
            case ARRAY -> array(key, depth + 1);
            case 10, 11 -> in.i64();
            case 12 -> in.f64();
            default -> throw unknown(type, key);
        };
    }

    /** The shortest decimal of a float, so that 1e-5 stays 1e-5 and does not become 0.00000999999974. */
    private static double decimal(float value) {
        return Double.parseDouble(Float.toString(value));
    }

    private Object array(String key, int depth) throws IOException {
        if (depth > DEEPEST) {
            throw in.damaged("the metadata key \"" + shortened(key) + "\" nests arrays deeper than " + DEEPEST);
        }
        long type = in.u32();
        int[] leasts = {1, 1, 2, 2, 4, 4, 4, 1, 8, 12, 8, 8, 8};
        if (type >= leasts.length) {
            throw unknown(type, key);
        }
        int count = in.count("elements", leasts[(int) type]);
        return switch ((int) type) {
            case 0, 1, 2, 3, 5 -> ints((int) type, count);
            case 4, 10, 11 -> longs((int) type, count);
            case 6 -> floats(count);
            case 7 -> flags(count);
            case 12 -> doubles(count);
            default -> list(type, count, key, depth);
        };
    }

    private int[] ints(int type, int count) throws IOException {
        int[] values = new int[count];
        for (int i = 0; i < count; i++) {
            values[i] = switch (type) {
                case 0 -> in.u8();
                case 1 -> in.i8();
                case 2 -> in.u16();
                case 3 -> in.i16();
                default -> in.i32();
            };
        }
        return values;
    }

    private long[] longs(int type, int count) throws IOException {
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
            values[i] = type == 4 ? in.u32() : in.i64();
        }
        return values;
    }

    private float[] floats(int count) throws IOException {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = in.f32();
        }
        return values;
    }

    private double[] doubles(int count) throws IOException {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = in.f64();
        }
        return values;
    }

    private boolean[] flags(int count) throws IOException {
        boolean[] values = new boolean[count];
        for (int i = 0; i < count; i++) {
            values[i] = in.u8() != 0;
        }
        return values;
    }

    private List<Object> list(long type, int count, String key, int depth) throws IOException {
        List<Object> values = new ArrayList<>(Math.min(count, 1 << 20));
        for (int i = 0; i < count; i++) {
            values.add(value(type, key, depth));
        }
        return values;
    }

    private dev.finetune4j.core.error.WeightException unknown(long type, String key) {
        return in.damaged("the metadata key \"" + shortened(key) + "\" has a value of type " + type
                + ", where 0 to 12 are known. The file is damaged, or newer than this library");
    }
}
