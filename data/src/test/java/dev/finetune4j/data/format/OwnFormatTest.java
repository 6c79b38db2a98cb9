package dev.finetune4j.data.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finetune4j.data.Readings;
import dev.finetune4j.data.catalog.Columns;
import dev.finetune4j.data.catalog.DatasetEntry;
import dev.finetune4j.data.catalog.Tags;
import dev.finetune4j.data.conversation.Conversation;
import dev.finetune4j.data.conversation.Media;
import dev.finetune4j.data.conversation.Message;
import dev.finetune4j.data.source.Row;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A program's own format is one class and one line in its service file. */
class OwnFormatTest {
    /** Rows of a quiz: a question and the number of the right choice. */
    public static final class QuestionFormat implements DatasetFormat {
        @Override
        public String name() {
            return "quiz";
        }

        @Override
        public void check(DatasetEntry entry) {
            // Any entry will do.
        }

        @Override
        public List<String> neededColumns(DatasetEntry entry) {
            return List.of("q");
        }

        @Override
        public Reading read(Row row, DatasetEntry entry) {
            if (!(row.value("q") instanceof String question) || !(row.value("choices") instanceof List<?> choices)) {
                return Reading.rejected(row.provenance(), "q", "expected a question with choices", "");
            }
            String answer = String.valueOf(choices.get(0));
            return Reading.of(new Conversation(
                    List.of(Message.user(question), Message.assistant(answer)),
                    "",
                    "",
                    Media.NONE,
                    null,
                    null,
                    row.provenance()));
        }
    }

    @Test
    void anOwnFormatIsFoundByItsName() {
        DatasetEntry entry = DatasetEntry.inMemory("set", "quiz", Columns.DEFAULTS, Tags.DEFAULTS);
        List<Reading> readings = Readings.ofRows(
                        List.of(Map.of("q", "Two and two?", "choices", List.of("four", "five")), Map.of("q", 3)), entry)
                .toList();
        assertEquals(
                List.of(Message.user("Two and two?"), Message.assistant("four")),
                ((Reading.Accepted) readings.get(0)).conversation().messages());
        assertEquals(
                "set row 1: q: expected a question with choices",
                ((Reading.Rejected) readings.get(1)).rejection().toString());
    }
}
