package dev.finetune4j.core.error;

import org.jspecify.annotations.Nullable;

/** An allocation that a device could not grant. */
public final class DeviceMemoryException extends FineTuneException {
    private static final long serialVersionUID = 1L;

    private final long requestedBytes;

    public DeviceMemoryException(long requestedBytes, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.requestedBytes = requestedBytes;
    }

    /** Size of the allocation that failed, or −1 where the native text does not say. */
    public long requestedBytes() {
        return requestedBytes;
    }
}
