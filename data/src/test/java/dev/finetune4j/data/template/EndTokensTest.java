package dev.finetune4j.data.template;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.finetune4j.core.batch.Labels;
import dev.finetune4j.core.batch.TokenRow;
import dev.finetune4j.data.DataRequest;
import dev.finetune4j.data.Golden;
import dev.finetune4j.data.Readings;
import dev.finetune4j.data.TrainingData;
import dev.finetune4j.data.conversation.Conversation;
import dev.finetune4j.data.conversation.Message;
import dev.finetune4j.data.source.Provenance;
import dev.finetune4j.data.tokenizer.SpecialTokens;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** P2 and P12: one learned end token an answer, and as many beginning tokens as the template writes. */
class EndTokensTest {
    private static final List<Message> TURNS = List.of(
            Message.user("question"), Message.assistant("answer"), Message.user("another"), Message.assistant("reply"));
    private static Tokenizer tokenizer;

    @BeforeAll
    static void load() {
        Tokenizer bytes = Golden.tokenizer("bytes");
        SpecialTokens special = bytes.specialTokens();
        tokenizer = bytes.specialTokens(
                new SpecialTokens("<|begin|>", special.eos(), special.pad(), null, special.additional(), true));
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    private static TrainingData encode(String template) {
        Conversation conversation = Conversation.of(TURNS, Provenance.inMemory("test", 0));
        DataRequest request = DataRequest.supervised(Path.of(""), List.of("test"), template);
        return TrainingData.of(request, tokenizer, Readings.ofConversations(List.of(conversation)), Map.of());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alpaca",
                "chatml",
                "default",
                "deepseek",
                "falcon",
                "gemma",
                "glm4",
                "llama2",
                "llama3",
                "mistral",
                "phi",
                "qwen",
                "qwen3",
                "qwen3_nothink",
                "smollm",
                "smollm2",
                "vicuna",
                "zephyr"
            })
    void eachAnswerHasOneLearnedEndToken(String template) {
        TrainingData data = encode(template);
        int eos = data.tokenizer().eosId().orElseThrow();
        TokenRow row = data.train().row(0);
        long learned = Arrays.stream(row.labels()).filter(label -> label == eos).count();
        assertEquals(2, learned);
    }

    @ParameterizedTest
    @CsvSource({"llama2,2", "llama3,1", "mistral,1", "gemma,1", "deepseek,1", "qwen,0", "default,0", "vicuna,0"})
    void beginningTokensAreThoseOfTheTemplate(String template, int count) {
        TrainingData data = encode(template);
        int bos = data.tokenizer().bosId().orElseThrow();
        TokenRow row = data.train().row(0);
        assertEquals(count, Arrays.stream(row.ids()).filter(id -> id == bos).count());
        assertEquals(
                0, Arrays.stream(row.labels()).filter(label -> label == bos).count());
    }

    @Test
    void endTokensStopGeneration() {
        TrainingData data = encode("llama3");
        Tokenizer fitted = data.tokenizer();
        assertEquals("<|eot_id|>", fitted.specialTokens().eos());
        assertEquals(
                List.of(
                        fitted.id("<|eot_id|>").orElseThrow(),
                        fitted.id("<|eom_id|>").orElseThrow()),
                data.template().stopIds(fitted));
    }

    /** The pieces of all turns, end to end, are the row. */
    @Test
    void piecesConcatenateToTheRow() {
        for (String name : TemplateCatalog.names()) {
            Template template = TemplateCatalog.named(name);
            if (template.efficientEos() || name.equals("yuan") || name.equals("chatglm3")) {
                continue;
            }
            TrainingData data = encode(name);
            PieceEncoder pieces = new PieceEncoder(name, data.tokenizer());
            int[] whole = new int[0];
            int labelled = 0;
            for (Turn turn : new Renderer(template).turns(TURNS, "", "", false)) {
                int[] prompt = pieces.encode(turn.prompt());
                int[] response = pieces.encode(turn.response());
                labelled += response.length;
                int at = whole.length;
                whole = Arrays.copyOf(whole, at + prompt.length + response.length);
                System.arraycopy(prompt, 0, whole, at, prompt.length);
                System.arraycopy(response, 0, whole, at + prompt.length, response.length);
            }
            TokenRow row = data.train().row(0);
            assertArrayEquals(whole, row.ids(), name);
            long trained = Arrays.stream(row.labels())
                    .filter(label -> label != Labels.IGNORED)
                    .count();
            assertEquals(labelled, trained, name);
        }
    }
}
