package dev.finetune4j.core.runtime;

import dev.finetune4j.core.error.UnsupportedException;
import org.bytedeco.pytorch.global.torch;

/**
 * Where tensors live.
 *
 * @param type {@code cpu} or {@code cuda}
 * @param index number of the device of that type; 0 for the CPU
 */
public record Device(String type, int index) {
    public static final Device CPU = new Device("cpu", 0);

    public Device {
        if (!type.equals("cpu") && !type.equals("cuda")) {
            throw new UnsupportedException("Unknown device type \"" + type + "\". Use cpu, cuda or cuda:N.");
        }
    }

    /**
     * Reads {@code cpu}, {@code cuda}, {@code cuda:1} or {@code auto} (CUDA if libtorch sees a device).
     *
     * @throws UnsupportedException if the text names no device, or one that libtorch does not see
     */
    public static Device parse(String text) {
        Torch.load();
        if (text.equals("auto")) {
            return torch.cuda_is_available() ? new Device("cuda", 0) : CPU;
        }
        String[] parts = text.split(":", 2);
        int index = parts.length == 2 ? index(text, parts[1]) : 0;
        Device device = new Device(parts[0], index);
        if (device.isCuda() && !torch.cuda_is_available()) {
            throw new UnsupportedException(
                    "device: " + text + " was asked for, but libtorch sees no CUDA device. Add the CUDA build of "
                            + "libtorch (profile cuda) and the CUDA 13 libraries, or set device: cpu.");
        }
        return device;
    }

    private static int index(String text, String number) {
        try {
            return Integer.parseInt(number);
        } catch (NumberFormatException e) {
            throw new UnsupportedException("\"" + text + "\" names no device. Use cpu, cuda or cuda:N.", e);
        }
    }

    public boolean isCuda() {
        return type.equals("cuda");
    }

    /** The binding's value; owned by the caller's scope. */
    public org.bytedeco.pytorch.Device toNative() {
        return new org.bytedeco.pytorch.Device(toString());
    }

    @Override
    public String toString() {
        return isCuda() ? type + ":" + index : type;
    }
}
