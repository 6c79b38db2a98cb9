package dev.finetune4j.data.arrow.internal;

import org.apache.arrow.flatbuf.Message;

/**
 * One message of a stream.
 *
 * @param bodyOffset where its body begins in the file
 * @param bodyLength bytes of the body
 */
record ArrowMessage(Message message, long bodyOffset, long bodyLength) {
    long end() {
        return bodyOffset + bodyLength;
    }
}
