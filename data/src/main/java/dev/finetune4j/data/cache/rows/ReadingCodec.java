package dev.finetune4j.data.cache.rows;

import dev.finetune4j.data.conversation.Conversation;
import dev.finetune4j.data.conversation.Media;
import dev.finetune4j.data.conversation.Message;
import dev.finetune4j.data.conversation.Preference;
import dev.finetune4j.data.conversation.Role;
import dev.finetune4j.data.format.Reading;
import dev.finetune4j.data.format.Rejection;
import dev.finetune4j.data.source.Provenance;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Readings without media as bytes, for the life of one process. */
final class ReadingCodec {
    private static final int LATIN = 0;
    private static final int WIDE = 1;
    private static final int NEITHER = 2;

    private ReadingCodec() {}

    /** Whether a reading can be written. */
    static boolean fits(Reading reading) {
        return !(reading instanceof Reading.Accepted accepted)
                || accepted.conversation().media().isEmpty();
    }

    static byte[] bytes(Reading reading) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            if (reading instanceof Reading.Accepted accepted) {
                out.writeBoolean(true);
                conversation(out, accepted.conversation());
            } else {
                out.writeBoolean(false);
                rejection(out, ((Reading.Rejected) reading).rejection());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    static Reading reading(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            return in.readBoolean() ? Reading.of(conversation(in)) : new Reading.Rejected(rejection(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void conversation(DataOutputStream out, Conversation conversation) throws IOException {
        provenance(out, conversation.provenance());
        out.writeInt(conversation.messages().size());
        for (Message message : conversation.messages()) {
            message(out, message);
        }
        text(out, conversation.system());
        text(out, conversation.tools());
        Preference preference = conversation.preference();
        out.writeBoolean(preference != null);
        if (preference != null) {
            message(out, preference.chosen());
            message(out, preference.rejected());
        }
        Boolean feedback = conversation.feedback();
        out.writeByte(feedback == null ? NEITHER : feedback ? 1 : 0);
    }

    private static Conversation conversation(DataInputStream in) throws IOException {
        Provenance provenance = provenance(in);
        int count = in.readInt();
        List<Message> messages = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            messages.add(message(in));
        }
        String system = text(in);
        String tools = text(in);
        Preference preference = in.readBoolean() ? new Preference(message(in), message(in)) : null;
        @Nullable Boolean feedback = feedback(in.readByte());
        return new Conversation(messages, system, tools, Media.NONE, preference, feedback, provenance);
    }

    private static @Nullable Boolean feedback(int code) {
        return code == NEITHER ? null : Boolean.valueOf(code == 1);
    }

    private static void message(DataOutputStream out, Message message) throws IOException {
        out.writeByte(message.role().ordinal());
        text(out, message.content());
        text(out, message.calls());
        out.writeInt(message.furtherResults().size());
        for (String result : message.furtherResults()) {
            text(out, result);
        }
    }

    private static Message message(DataInputStream in) throws IOException {
        Role role = Role.values()[in.readByte()];
        String content = text(in);
        String calls = text(in);
        int count = in.readInt();
        List<String> results = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            results.add(text(in));
        }
        return new Message(role, content, calls, results);
    }

    private static void rejection(DataOutputStream out, Rejection rejection) throws IOException {
        provenance(out, rejection.provenance());
        text(out, rejection.field());
        text(out, rejection.rule());
        text(out, rejection.found());
    }

    private static Rejection rejection(DataInputStream in) throws IOException {
        return new Rejection(provenance(in), text(in), text(in), text(in));
    }

    private static void provenance(DataOutputStream out, Provenance provenance) throws IOException {
        text(out, provenance.dataset());
        text(out, provenance.file());
        out.writeLong(provenance.row());
        out.writeInt(provenance.line());
    }

    private static Provenance provenance(DataInputStream in) throws IOException {
        // One object a name; a million rows share theirs.
        return new Provenance(text(in).intern(), text(in).intern(), in.readLong(), in.readInt());
    }

    /** Char by char where one byte a char is not enough, so that halves of pairs survive. */
    private static void text(DataOutputStream out, String text) throws IOException {
        boolean latin = text.chars().allMatch(c -> c <= 0xff);
        out.writeByte(latin ? LATIN : WIDE);
        out.writeInt(text.length());
        if (latin) {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        } else {
            ByteBuffer wide = ByteBuffer.allocate(2 * text.length());
            wide.asCharBuffer().put(text);
            out.write(wide.array());
        }
    }

    private static String text(DataInputStream in) throws IOException {
        boolean latin = in.readByte() == LATIN;
        int length = in.readInt();
        byte[] bytes = in.readNBytes(latin ? length : 2 * length);
        return latin
                ? new String(bytes, StandardCharsets.ISO_8859_1)
                : ByteBuffer.wrap(bytes).asCharBuffer().toString();
    }
}
