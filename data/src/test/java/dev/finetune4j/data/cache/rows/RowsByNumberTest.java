package dev.finetune4j.data.cache.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.finetune4j.data.conversation.Conversation;
import dev.finetune4j.data.conversation.Media;
import dev.finetune4j.data.conversation.Message;
import dev.finetune4j.data.conversation.Preference;
import dev.finetune4j.data.conversation.Role;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.format.Reading;
import dev.finetune4j.data.source.Provenance;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowsByNumberTest {
    private static List<Reading> rows() {
        List<Reading> rows = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Provenance from = new Provenance("set", "dir/file.json", i, i + 1);
            List<Message> messages = List.of(
                    Message.user("question " + i + " \u4f60\u597d \ud83d\ude00 \ud800 half"),
                    new Message(Role.FUNCTION, "text", "[{\"name\": \"f\"}]", List.of()),
                    new Message(Role.OBSERVATION, "r1", "", List.of("r2", "\u00e9")),
                    Message.assistant("x".repeat(i * 50_000)));
            Preference pair = i % 3 == 0 ? new Preference(Message.assistant("a"), Message.assistant("b")) : null;
            Boolean wanted = i % 3 == 1 ? null : Boolean.valueOf(i % 3 == 2);
            Media media = i % 7 == 0 ? new Media(List.of("a.png"), List.of(), List.of()) : Media.NONE;
            rows.add(Reading.of(new Conversation(messages, "sys", "", media, pair, wanted, from)));
            rows.add(Reading.rejected(from, "field[1]", "rule", "found"));
        }
        return rows;
    }

    @Test
    void rowsInAFileEqualThoseInMemory() {
        List<Reading> rows = rows();
        assertEquals(rows, new ArrayList<>(RowsByNumber.of(Dataset.of(rows), 10)));
        assertEquals(rows, new ArrayList<>(RowsByNumber.of(Dataset.of(rows), 1000)));
    }

    @Test
    void rowsAreFoundInAnyOrder() {
        List<Reading> rows = rows();
        List<Reading> kept = RowsByNumber.of(Dataset.of(rows), 0);
        for (int i = rows.size() - 1; i >= 0; i -= 3) {
            assertEquals(rows.get(i), kept.get(i));
        }
        assertThrows(IndexOutOfBoundsException.class, () -> kept.get(rows.size()));
        assertEquals(0, RowsByNumber.of(Dataset.of(List.of()), 0).size());
    }
}
