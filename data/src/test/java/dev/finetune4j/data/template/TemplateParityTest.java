package dev.finetune4j.data.template;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.finetune4j.data.Golden;
import dev.finetune4j.data.conversation.Message;
import dev.finetune4j.data.conversation.Role;
import dev.finetune4j.data.tokenizer.SpecialTokens;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** All templates render as recorded from LLaMA-Factory, piece by piece. P11, P12 and P13 rest on these. */
class TemplateParityTest {
    private static final JsonNode GOLDEN = Golden.json("golden/templates.json");
    private static final List<Message> TWO_TURNS =
            List.of(Message.user("U1"), Message.assistant("A1"), Message.user("U2"), Message.assistant("A2"));
    private static final TemplateOptions LIKE_LLAMA_FACTORY =
            TemplateOptions.DEFAULTS.date(LocalDate.of(2026, 1, 5)).likeLlamaFactory(true);
    private static final String TOOLS =
            "[{\"name\": \"f\", \"description\": \"d\", \"parameters\": {\"type\": \"object\", \"properties\":"
                    + " {\"a\": {\"type\": \"integer\", \"description\": \"p\"}}, \"required\": [\"a\"]}}]";
    private static final List<Message> CALL = List.of(
            Message.user("U1"),
            new Message(Role.FUNCTION, "{\"name\": \"f\", \"arguments\": {\"a\": 1}}"),
            new Message(Role.OBSERVATION, "R1"),
            Message.assistant("A1"));

    @Test
    void everyTemplateIsThere() {
        Set<String> names = new TreeSet<>();
        GOLDEN.forEach(template -> names.add(template.get("name").asText()));
        assertEquals(names, TemplateCatalog.names());
        assertEquals(124, names.size());
    }

    @Test
    void piecesEqualWithoutSystemText() {
        for (JsonNode golden : GOLDEN) {
            Template template = TemplateCatalog.named(golden.get("name").asText());
            List<Turn> turns = new Renderer(template).turns(TWO_TURNS, "", "", false);
            JsonNode pairs = golden.get("pieces_default_system");
            assertEquals(pairs.size(), turns.size(), template.name());
            for (int i = 0; i < turns.size(); i++) {
                assertEquals(slots(pairs.get(i).get(0)), turns.get(i).prompt(), template.name());
                assertEquals(slots(pairs.get(i).get(1)), turns.get(i).response(), template.name());
            }
        }
    }

    @Test
    void textEqualsWithSystemText() {
        for (JsonNode golden : GOLDEN) {
            Template template = TemplateCatalog.named(golden.get("name").asText());
            List<Turn> turns = new Renderer(template).turns(TWO_TURNS, "SYS", "", false);
            assertEquals(texts(golden.get("pairs_system_SYS")), joined(turns), template.name());
        }
    }

    @Test
    void textEqualsWithTools() {
        for (JsonNode golden : GOLDEN) {
            Template template =
                    TemplateCatalog.named(golden.get("name").asText()).with(LIKE_LLAMA_FACTORY);
            List<Turn> turns = new Renderer(template).turns(CALL, "", TOOLS, false);
            assertEquals(texts(golden.get("pairs_tools")), joined(turns), template.name());
        }
    }

    /** Where the library deliberately differs, and nowhere else: the three formats whose calls are malformed. */
    @Test
    void ownTextDiffersOnlyWhereCallsAreMalformed() {
        Set<String> differing = new TreeSet<>();
        for (JsonNode golden : GOLDEN) {
            Template template = TemplateCatalog.named(golden.get("name").asText())
                    .with(TemplateOptions.DEFAULTS.date(LocalDate.of(2026, 1, 5)));
            List<Turn> turns = new Renderer(template).turns(CALL, "", TOOLS, false);
            if (!texts(golden.get("pairs_tools")).equals(joined(turns))) {
                differing.add(template.toolFormat());
            }
        }
        assertEquals(Set.of("glm4_moe", "minimax2", "seed_oss"), differing);
    }

    @Test
    void jinjaTextEquals() {
        try (Tokenizer original = Golden.tokenizer("bytes")) {
            SpecialTokens special = new SpecialTokens("<BOS>", "<EOS>", "<EOS>", null, List.of(), false);
            Tokenizer tokenizer = original.specialTokens(special);
            for (JsonNode golden : GOLDEN) {
                Template template = TemplateCatalog.named(golden.get("name").asText());
                String jinja = JinjaText.of(template, tokenizer).orElse(null);
                assertEquals(golden.get("jinja").textValue(), jinja, template.name());
            }
        }
    }

    private static List<Slot> slots(JsonNode pieces) {
        List<Slot> slots = new ArrayList<>();
        for (JsonNode piece : pieces) {
            if (piece.has("text")) {
                slots.add(new Slot.Text(piece.get("text").asText()));
            } else if (piece.has("token")) {
                slots.add(new Slot.Token(piece.get("token").asText()));
            } else {
                slots.add(piece.get("special").asText().equals("bos_token") ? Slot.Special.BOS : Slot.Special.EOS);
            }
        }
        return slots;
    }

    private static List<List<String>> texts(JsonNode pairs) {
        List<List<String>> texts = new ArrayList<>();
        pairs.forEach(
                pair -> texts.add(List.of(pair.get(0).asText(), pair.get(1).asText())));
        return texts;
    }

    private static List<List<String>> joined(List<Turn> turns) {
        return turns.stream()
                .map(turn -> List.of(text(turn.prompt()), text(turn.response())))
                .toList();
    }

    private static String text(List<Slot> pieces) {
        StringBuilder out = new StringBuilder();
        for (Slot piece : pieces) {
            if (piece instanceof Slot.Text text) {
                out.append(text.text());
            } else if (piece instanceof Slot.Token token) {
                out.append(token.token());
            } else {
                out.append(piece == Slot.Special.BOS ? "⟨bos⟩" : "⟨eos⟩");
            }
        }
        return out.toString();
    }
}
