package dev.finetune4j.core.runtime;

import dev.finetune4j.core.error.UnsupportedException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.global.torch;

/**
 * Where tensors live.
 *
 * @param type {@code cpu} or {@code cuda}
 * @param index number of the device of that type; 0 for the CPU
 */
public record Device(String type, int index) {
    public static final Device CPU = new Device("cpu", 0);

    private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d{1,3}))?");

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
        if (text.equals("cpu")) {
            return CPU;
        }
        Matcher cuda = CUDA.matcher(text);
        if (!cuda.matches()) {
            throw new UnsupportedException("\"" + text + "\" names no device. Use cpu, cuda or cuda:N.");
        }
        return visible(text, new Device("cuda", cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1))));
    }

    private static Device visible(String text, Device device) {
        if (!torch.cuda_is_available()) {
            throw new UnsupportedException(
                    "device: " + text + " was asked for, but libtorch sees no CUDA device. Add the CUDA build of "
                            + "libtorch (profile cuda) and the CUDA 13 libraries, or set device: cpu.");
        }
        if (device.index >= torch.cuda_device_count()) {
            throw new UnsupportedException("device: " + text + " was asked for, but libtorch sees "
                    + torch.cuda_device_count() + " CUDA devices, numbered from 0.");
        }
        return device;
    }

    public boolean isCuda() {
        return type.equals("cuda");
    }

    /** The binding's value; owned by the caller's scope. */
    public org.bytedeco.pytorch.Device toNative() {
        Torch.load();
        return new org.bytedeco.pytorch.Device(toString());
    }

    @Override
    public String toString() {
        return isCuda() ? type + ":" + index : type;
    }
}
