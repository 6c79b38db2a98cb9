package dev.finetune4j.data.template;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.batch.Labels;
import dev.finetune4j.data.DataRequest;
import dev.finetune4j.data.Golden;
import dev.finetune4j.data.Readings;
import dev.finetune4j.data.TrainingData;
import dev.finetune4j.data.batch.Masking;
import dev.finetune4j.data.batch.limit.LengthLimit;
import dev.finetune4j.data.conversation.Conversation;
import dev.finetune4j.data.conversation.Media;
import dev.finetune4j.data.conversation.Message;
import dev.finetune4j.data.conversation.Preference;
import dev.finetune4j.data.sample.EncodedRows;
import dev.finetune4j.data.sample.Sample;
import dev.finetune4j.data.sample.Tokens;
import dev.finetune4j.data.source.Provenance;
import dev.finetune4j.data.tokenizer.SpecialTokens;
import dev.finetune4j.data.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for random conversations under every template, with a tokenizer that has a beginning and an end token. */
class EveryTemplateTest {
    private static final String[] WORDS = {
        "river",
        "é",
        "e\u0301",
        "漢字",
        "🙂",
        "  ",
        "\n",
        "7",
        "{{content}}",
        "<b>",
        "of",
        "\t",
        "\"q\"",
        "\\",
        "<think",
        "answer:"
    };

    /** Templates that write the end of an answer out instead of asking for the tokenizer's own; their models' is that text. */
    private static final Map<String, String> WRITTEN_END = Map.ofEntries(
            Map.entry("deepseekcoder", "<|EOT|>"),
            Map.entry("ernie_nothink", "<|end_of_sentence|>"),
            Map.entry("granite3", "<|end_of_text|>"),
            Map.entry("granite4", "<|end_of_text|>"),
            Map.entry("hunyuan", "<|eos|>"),
            Map.entry("hunyuan_small", "<｜hy_place▁holder▁no▁2｜>"),
            Map.entry("minimax1", "<end_of_sentence>"),
            Map.entry("minimax2", "[e~["),
            Map.entry("starchat", "<|end|>"),
            Map.entry("youtu_vl", "<|end_of_text|>"),
            Map.entry("yuan", "<eod>"));

    /** The one template that writes nothing at all, not even an end. */
    private static final String BARE = "empty";

    private static Tokenizer bytes;

    @BeforeAll
    static void load() {
        bytes = Golden.tokenizer("bytes");
    }

    @AfterAll
    static void close() {
        bytes.close();
    }

    private static Stream<String> names() {
        return TemplateCatalog.names().stream();
    }

    /** The test's tokenizer with the tokens that a template looks up by name. */
    private static Tokenizer tokenizer(Template template) {
        Pieces pieces = template.pieces();
        List<String> named = Stream.of(
                        pieces.prefix(),
                        pieces.system(),
                        pieces.user(),
                        pieces.assistant(),
                        pieces.function(),
                        pieces.observation())
                .flatMap(slots -> slots.slots().stream())
                .filter(Slot.Token.class::isInstance)
                .map(slot -> ((Slot.Token) slot).token())
                .toList();
        String end = WRITTEN_END.getOrDefault(template.name(), "<|im_end|>");
        return bytes.specialTokens(new SpecialTokens("<|begin|>", end, "<|endoftext|>", null, named, true));
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder("w");
        for (int i = random.nextInt(8); i >= 0; i--) {
            text.append(random.nextBoolean() ? " " : "").append(WORDS[random.nextInt(WORDS.length)]);
        }
        return text.toString();
    }

    private static Conversation conversation(Random random, int turns, @Nullable String thought) {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < turns; i++) {
            messages.add(Message.user(text(random)));
            messages.add(Message.assistant((thought == null ? "" : thought) + text(random)));
        }
        String system = random.nextBoolean() ? text(random) : "";
        return new Conversation(
                messages, system, "", Media.NONE, null, null, Provenance.inMemory("random", random.nextInt(1000)));
    }

    private static TrainingData data(String stage, Template template, Masking masking, int cutoff, Conversation row) {
        DataRequest request = DataRequest.supervised(Path.of(""), List.of("random"), template.name());
        TemplateOptions options =
                new TemplateOptions(null, null, template.enableThinking(), template.preserveThinking());
        return TrainingData.of(
                new DataRequest(
                        stage,
                        request.sources(),
                        new DataRequest.Rendering(
                                template.name(), options, LengthLimit.trimming(cutoff), null, masking),
                        request.handling()),
                tokenizer(template),
                Readings.ofConversations(List.of(row)),
                Map.of());
    }

    private static int count(int[] ids, int wanted) {
        return (int) Arrays.stream(ids).filter(id -> id == wanted).count();
    }

    /** P4 and P6: the spans of the renderer, one behind the other, are the row, and the answers' spans are what is learned. */
    @ParameterizedTest
    @MethodSource("names")
    void spansConcatenateToTheRow(String name) {
        Template template = TemplateCatalog.named(name);
        Random random = new Random(name.hashCode());
        for (int turns = 1; turns < 4; turns++) {
            Conversation row = conversation(random, turns, null);
            TrainingData data = data("sft", template, Masking.ANSWERS, 100_000, row);
            int eos = data.tokenizer().eosId().orElseThrow();
            PieceEncoder pieces = new PieceEncoder(name, data.tokenizer());
            List<Integer> ids = new ArrayList<>();
            List<Integer> labels = new ArrayList<>();
            List<Turn> spans = new Renderer(template).turns(row.messages(), row.system(), "", false);
            for (Turn span : spans) {
                int[] prompt = pieces.encode(span.prompt());
                int[] response = pieces.encode(span.response());
                Arrays.stream(prompt).forEach(ids::add);
                Arrays.stream(prompt).forEach(id -> labels.add(Labels.IGNORED));
                if (template.efficientEos() && span != spans.get(0)) {
                    labels.set(labels.size() - prompt.length, eos);
                }
                Arrays.stream(response).forEach(ids::add);
                Arrays.stream(response).forEach(labels::add);
            }
            if (template.efficientEos()) {
                ids.add(eos);
                labels.add(eos);
            }
            Tokens tokens = data.train().sample(0).tokens();
            assertEquals(ids, Arrays.stream(tokens.ids()).boxed().toList());
            assertEquals(labels, Arrays.stream(tokens.labels()).boxed().toList());
        }
    }

    /** P2 and P12. */
    @ParameterizedTest
    @MethodSource("names")
    void eachLearnedAnswerThatIsNotCutHasOneEndToken(String name) {
        Template template = TemplateCatalog.named(name);
        Random random = new Random(name.hashCode());
        for (int turns = 1; turns < 4; turns++) {
            Conversation row = conversation(random, turns, null);
            for (boolean history : new boolean[] {false, true}) {
                TrainingData data = data("sft", template, new Masking(false, history, false), 100_000, row);
                int eos = data.tokenizer().eosId().orElseThrow();
                Tokens tokens = data.train().sample(0).tokens();
                int wanted = name.equals(BARE) ? 0 : history ? 1 : turns;
                assertEquals(wanted, count(tokens.labels(), eos), name + " with " + turns + " turns");
                int length = tokens.length();
                for (int cutoff = length - 1; cutoff > Math.max(length - 5, 1); cutoff--) {
                    cutRowsInventNoEnd(template, new Masking(false, history, false), cutoff, row);
                }
            }
        }
    }

    /** Where tokens are lost no end is learned that the row does not hold at that place. */
    private static void cutRowsInventNoEnd(Template template, Masking masking, int cutoff, Conversation row) {
        if (row.messages().size() != 2) {
            return;
        }
        TrainingData data = data("sft", template, masking, cutoff, row);
        int eos = data.tokenizer().eosId().orElseThrow();
        Tokens cut = data.train().sample(0).tokens();
        for (int i = 0; i < cut.length(); i++) {
            boolean learned = cut.labels()[i] == eos;
            assertTrue(
                    !learned || cut.ids()[i] == eos && !template.efficientEos() || answerIsWhole(data, row),
                    "place " + i);
        }
    }

    private static boolean answerIsWhole(TrainingData data, Conversation row) {
        Template template = data.template();
        Turn turn = new Renderer(template)
                .turns(row.messages(), row.system(), "", false)
                .get(0);
        int[] response = new PieceEncoder(template.name(), data.tokenizer()).encode(turn.response());
        int[] labels = Arrays.stream(data.train().sample(0).tokens().labels())
                .filter(label -> label != Labels.IGNORED)
                .toArray();
        return labels.length == response.length + 1;
    }

    /** P12, in every stage: as many beginning tokens as the template writes. */
    @ParameterizedTest
    @MethodSource("names")
    void beginningTokensAreThoseThatTheTemplateWrites(String name) {
        Template template = TemplateCatalog.named(name);
        Random random = new Random(name.hashCode());
        Conversation row = conversation(random, 2, null);
        List<Message> open = row.messages().subList(0, 3);
        Preference pair = new Preference(Message.assistant(text(random)), Message.assistant(text(random)));
        Conversation compared = new Conversation(open, row.system(), "", Media.NONE, pair, null, row.provenance());
        Conversation judged =
                new Conversation(row.messages(), row.system(), "", Media.NONE, null, true, row.provenance());
        Map<String, Conversation> stages = Map.of("sft", row, "rm", compared, "kto", judged, "ppo", row);
        stages.forEach((stage, conversation) -> {
            TrainingData data = data(stage, template, Masking.ANSWERS, 100_000, conversation);
            String bos = data.tokenizer().specialTokens().bos();
            int written = 0;
            for (Turn turn : new Renderer(template).turns(row.messages(), row.system(), "", false)) {
                for (Slot slot : concat(turn)) {
                    written += slot == Slot.Special.BOS ? 1 : 0;
                    written += slot instanceof Slot.Token token && token.token().equals(bos) ? 1 : 0;
                    written += slot instanceof Slot.Text text
                            ? text.text().split(java.util.regex.Pattern.quote(bos), -1).length - 1
                            : 0;
                }
            }
            int id = data.tokenizer().bosId().orElseThrow();
            for (Sample sample : samples(data.train())) {
                for (Tokens tokens : sample.rows()) {
                    assertEquals(written, count(tokens.ids(), id), stage);
                }
            }
        });
    }

    private static List<Slot> concat(Turn turn) {
        List<Slot> slots = new ArrayList<>(turn.prompt());
        slots.addAll(turn.response());
        return slots;
    }

    private static List<Sample> samples(EncodedRows rows) {
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < rows.count(); i++) {
            samples.add(rows.sample(i));
        }
        return samples;
    }

    /** P13: a row begins with the prompt that serving gives the model, and none of its tokens is learned. */
    @ParameterizedTest
    @MethodSource("names")
    void tokensOfTheServingPromptAreNeverLearned(String name) {
        Template plain = TemplateCatalog.named(name);
        Random random = new Random(name.hashCode());
        for (Boolean mode : new Boolean[] {true, false, null}) {
            for (int turns = 1; turns < 4; turns++) {
                for (boolean thinks : new boolean[] {false, true}) {
                    if (thinks && mode == null) {
                        continue; // Such a row has a mode of its own: it thinks, and is served as one that thinks.
                    }
                    Template template = plain.with(new TemplateOptions(null, null, mode, false));
                    String thought = template.thinking().open() + "a thought"
                            + template.thinking().close();
                    Conversation row = conversation(random, turns, thinks ? thought : null);
                    rowBeginsWithItsPrompt(template, row, mode + " " + turns + " " + thinks);
                }
            }
        }
    }

    private static void rowBeginsWithItsPrompt(Template template, Conversation row, String what) {
        TrainingData data = data("sft", template, new Masking(false, true, false), 100_000, row);
        List<Message> asked = new ArrayList<>(row.messages());
        asked.set(asked.size() - 1, Message.assistant(""));
        Turn served = new Renderer(template).lastTurn(asked, row.system(), "");
        int[] prompt = new PieceEncoder(template.name(), data.tokenizer()).encode(served.prompt());
        Tokens tokens = data.train().sample(0).tokens();
        assertArrayEquals(prompt, Arrays.copyOf(tokens.ids(), prompt.length), what);
        for (int i = 0; i < prompt.length; i++) {
            assertEquals(Labels.IGNORED, tokens.labels()[i], what + ": place " + i);
        }
    }
}
