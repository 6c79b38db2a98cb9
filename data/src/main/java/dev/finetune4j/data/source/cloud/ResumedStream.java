package dev.finetune4j.data.source.cloud;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An object as a stream that goes on where a connection broke. */
final class ResumedStream extends InputStream {
    private static final Logger LOG = LoggerFactory.getLogger(ResumedStream.class);
    private static final int MOST_BREAKS = 5;

    private final LongFunction<InputStream> opener;
    private InputStream in;
    private long position;
    private int breaks;

    /** @param opener of the object from an offset on */
    ResumedStream(LongFunction<InputStream> opener) {
        this.opener = opener;
        this.in = opener.apply(0);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int from, int count) throws IOException {
        while (true) {
            try {
                int read = in.read(target, from, count);
                position += Math.max(0, read);
                return read;
            } catch (IOException e) {
                if (++breaks > MOST_BREAKS) {
                    throw e;
                }
                LOG.warn("the connection broke after {} bytes; going on from there", position);
                in.close();
                in = opener.apply(position);
            }
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
