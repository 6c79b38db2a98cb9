package dev.finetune4j.core.weights.pickle;

import dev.finetune4j.core.error.WeightException;
import java.io.EOFException;
import java.io.IOException;
import java.math.BigInteger;
import java.util.List;
import java.util.function.Function;

/**
 * Interprets one pickle up to its end. Knows the instructions of protocols 2 to 5 that data need, and none that create
 * objects of classes; the only calls are those of {@link Call}.
 *
 * @see <a href="https://github.com/python/cpython/blob/main/Lib/pickletools.py">the instructions</a>
 */
final class Unpickler {
    /** Some sixty thousand tensors, where a real file has a few hundred; each may make an object of dozens of bytes. */
    private static final int MOST_INSTRUCTIONS = 4_000_000;

    private static final int LONGEST_NUMBER = 64;
    private static final int STOP = '.';

    private final ByteSource source;
    private final Faults faults;
    private final Function<Value.Tuple, Object> places;
    private final Machine machine;

    /** @param places makes of a persistent id the thing that lies outside the pickle */
    Unpickler(ByteSource source, Faults faults, Function<Value.Tuple, Object> places) {
        this.source = source;
        this.faults = faults;
        this.places = places;
        this.machine = new Machine(faults);
    }

    /**
     * The pickle's value; the source stands behind its last instruction.
     *
     * @throws WeightException if it is damaged or names what it must not
     */
    Object load() throws IOException {
        try {
            for (int count = 0; count < MOST_INSTRUCTIONS; count++) {
                int code = source.unsignedByte();
                if (code == STOP) {
                    return machine.pop();
                }
                if (!scalar(code) && !text(code) && !container(code) && !memo(code) && !object(code)) {
                    throw faults.damaged("its instruction 0x%02x at byte %d is not one that tensors need"
                            .formatted(code, source.position() - 1));
                }
            }
        } catch (EOFException e) {
            throw faults.damaged("its instructions are cut off: " + e.getMessage());
        }
        throw faults.damaged("it has more than " + MOST_INSTRUCTIONS + " instructions");
    }

    private boolean scalar(int code) throws IOException {
        switch (code) {
            case 'N' -> machine.push(Value.Nothing.NONE);
            case 0x88 -> machine.push(true);
            case 0x89 -> machine.push(false);
            case 'K' -> machine.push((long) source.unsignedByte());
            case 'M' -> machine.push((long) source.unsignedShort());
            case 'J' -> machine.push((long) source.int32());
            case 0x8a -> machine.push(integer(source.unsignedByte()));
            case 0x8b -> machine.push(integer(source.int32()));
            case 'G' -> machine.push(source.bigEndianDouble());
            case 'I', 'L' -> machine.push(decimal(source.line()));
            case 'F' -> machine.push(Value.Other.OTHER);
            default -> {
                return false;
            }
        }
        if (code == 'F') {
            source.line();
        }
        return true;
    }

    /** A little-endian two's complement number; one that no count could be is kept whole, since the magic number is one. */
    private Object integer(int length) throws IOException {
        if (length < 0 || length > LONGEST_NUMBER) {
            throw faults.damaged("it holds a number of " + length + " bytes");
        }
        byte[] bytes = source.bytes(length);
        for (int i = 0; i < length / 2; i++) {
            byte swapped = bytes[i];
            bytes[i] = bytes[length - 1 - i];
            bytes[length - 1 - i] = swapped;
        }
        BigInteger number = length == 0 ? BigInteger.ZERO : new BigInteger(bytes);
        return number.bitLength() < Long.SIZE ? (Object) number.longValue() : number;
    }

    /** Python 2 writes truth values as {@code 00} and {@code 01}, and an L behind long numbers. */
    private Object decimal(String line) {
        if (line.equals("00") || line.equals("01")) {
            return line.equals("01");
        }
        try {
            return Long.parseLong(line.endsWith("L") ? line.substring(0, line.length() - 1) : line);
        } catch (NumberFormatException e) {
            throw faults.damaged("it holds \"" + Faults.shortened(line) + "\" where a number is due");
        }
    }

    private boolean text(int code) throws IOException {
        switch (code) {
            case 'X' -> machine.push(source.text(source.unsignedInt()));
            case 0x8c, 'U' -> machine.push(source.text(source.unsignedByte()));
            case 0x8d -> machine.push(source.text(source.int64()));
            case 'T' -> machine.push(source.text(source.int32()));
            case 'V' -> machine.push(source.line());
            case 'C' -> machine.push(skipped(source.unsignedByte()));
            case 'B' -> machine.push(skipped(source.unsignedInt()));
            case 0x8e, 0x96 -> machine.push(skipped(source.int64()));
            default -> {
                return false;
            }
        }
        return true;
    }

    private Object skipped(long length) throws IOException {
        source.bytes(length);
        return Value.Other.OTHER;
    }

    private boolean container(int code) {
        switch (code) {
            case '(' -> machine.mark();
            case ')' -> machine.tuple(0);
            case 0x85 -> machine.tuple(1);
            case 0x86 -> machine.tuple(2);
            case 0x87 -> machine.tuple(3);
            case 't' -> machine.push(new Value.Tuple(machine.popToMark()));
            case ']' -> machine.push(new Value.Items());
            case 'l' -> machine.push(new Value.Items(machine.popToMark()));
            case 'a' -> append(List.of(machine.pop()));
            case 'e' -> append(machine.popToMark());
            case '}' -> machine.push(new Value.Dict());
            case 'd' -> {
                List<Object> items = machine.popToMark();
                machine.push(new Value.Dict());
                setItems(items);
            }
            case 's' -> {
                Object value = machine.pop();
                setItems(List.of(machine.pop(), value));
            }
            case 'u' -> setItems(machine.popToMark());
            case 0x8f -> machine.push(Value.Other.OTHER);
            case 0x90 -> {
                machine.popToMark();
                machine.top(Value.Other.class);
            }
            case 0x91 -> {
                machine.popToMark();
                machine.push(Value.Other.OTHER);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void append(List<Object> items) {
        machine.top(Value.Items.class).items().addAll(items);
    }

    private void setItems(List<Object> items) {
        Object target = machine.top();
        if (items.size() % 2 != 0) {
            throw faults.damaged("it sets a key without a value");
        }
        if (target == Value.Other.OTHER) {
            return;
        }
        Value.Dict dictionary = machine.top(Value.Dict.class);
        for (int i = 0; i < items.size(); i += 2) {
            dictionary.put(items.get(i), items.get(i + 1));
        }
    }

    private boolean memo(int code) throws IOException {
        switch (code) {
            case 'q' -> machine.remember(source.unsignedByte());
            case 'r' -> machine.remember(source.unsignedInt());
            case 0x94 -> machine.rememberNext();
            case 'h' -> machine.recall(source.unsignedByte());
            case 'j' -> machine.recall(source.unsignedInt());
            case '0' -> machine.pop();
            case '1' -> machine.popToMark();
            case '2' -> machine.push(machine.top());
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean object(int code) throws IOException {
        switch (code) {
            case 0x80 -> requireProtocol(source.unsignedByte());
            // A frame only says how much to read ahead.
            case 0x95 -> source.int64();
            case 'c' -> machine.push(Names.find(source.line(), source.line(), faults));
            case 0x93 -> {
                String name = machine.pop(String.class);
                machine.push(Names.find(machine.pop(String.class), name, faults));
            }
            case 'Q' -> machine.push(places.apply(machine.pop(Value.Tuple.class)));
            case 'R' -> {
                List<Object> arguments = machine.pop(Value.Tuple.class).items();
                machine.push(machine.pop(Call.class).with(arguments, faults));
            }
            // What is set on an object, such as a state dict's versions of modules, never matters to its tensors.
            case 'b' -> {
                machine.pop();
                machine.top();
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void requireProtocol(int protocol) {
        if (protocol < 2 || protocol > 5) {
            throw faults.damaged("it is written in protocol " + protocol + " of pickle");
        }
    }
}
