package dev.finetune4j.training;

import dev.finetune4j.core.batch.TokenBatch;
import dev.finetune4j.core.weights.Disk;
import dev.finetune4j.training.walk.BatchWalk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;

/**
 * A process that dies after a number of walks and file operations: from then on nothing works any more, not even the
 * cleaning up that an exception would get. A write that it dies in leaves half its bytes.
 */
final class PulledPlug {
    private int left;

    /** Not an exception: no code that handles failures may see it as one. */
    static final class Death extends Error {
        private static final long serialVersionUID = 1L;
    }

    PulledPlug(int operations) {
        left = operations;
    }

    private boolean dies() {
        return --left < 0;
    }

    private void live() {
        if (dies()) {
            throw new Death();
        }
    }

    Disk disk() {
        return new Disk() {
            @Override
            protected void put(FileChannel channel, ByteBuffer bytes) throws IOException {
                if (dies()) {
                    channel.write(bytes.slice(bytes.position(), bytes.remaining() / 2));
                    throw new Death();
                }
                super.put(channel, bytes);
            }

            @Override
            protected void force(FileChannel channel) throws IOException {
                live();
                super.force(channel);
            }

            @Override
            public Output create(Path file) throws IOException {
                live();
                return super.create(file);
            }

            @Override
            public void move(Path from, Path to) throws IOException {
                live();
                super.move(from, to);
            }

            @Override
            public void remove(Path path) throws IOException {
                live();
                super.remove(path);
            }
        };
    }

    BatchWalk wrap(BatchWalk walk) {
        return new BatchWalk() {
            @Override
            public double count(TokenBatch batch) {
                return walk.count(batch);
            }

            @Override
            public double forwardBackward(TokenBatch batch, Position position, double scale) {
                live();
                double loss = walk.forwardBackward(batch, position, scale);
                live();
                return loss;
            }

            @Override
            public List<RowScore> score(TokenBatch batch) {
                live();
                return walk.score(batch);
            }
        };
    }
}
