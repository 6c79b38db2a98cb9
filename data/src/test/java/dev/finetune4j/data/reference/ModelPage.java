package dev.finetune4j.data.reference;

import dev.finetune4j.core.gguf.block.GgmlType;
import dev.finetune4j.core.gguf.family.GgufFamilies;
import dev.finetune4j.core.gguf.family.GgufFamily;
import dev.finetune4j.core.hub.catalog.ModelCatalog;
import dev.finetune4j.core.model.config.ModelConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The page {@code docs/reference/models.md}. */
final class ModelPage {
    private static final String INTRO = """
            # Models

            <!-- Made from the families and their golden files by ModelReferenceTest; do not edit. -->

            What can be tuned, from which files, and what cannot. How to name a model: [Models](../guides/models.md).

            ## Families

            `model_type` in a model's `config.json` chooses one of these %d families. Examples are repositories on Hugging Face.
            Attention and layers are read from the configs that were compared, which also switch on what few published models
            have; *(some)*: not all of them do. Rotations may be scaled as `rope_scaling` or `rope_parameters` say: `linear`,
            `dynamic`, `yarn`, `llama3`, `longrope`.

            | `model_type` | models | examples | attention | layers |
            |---|---|---|---|---|
            """;

    private static final String COMPARED = """

            ## What is compared

            Each name is a tiny random model. Logits of both its configs, loss, and the gradient of every parameter equal the
            reference's (`DecoderParityTest`: forward within 1e-5, gradients within 1e-4 of the largest value, float32, with both
            attention kernels and every way of keeping activations), and what is saved holds what was loaded
            (`SavedFamiliesTest`; `parity/transformers_opens_ours.py` opens it). A twin is that family of Transformers with
            its tensors renamed and regrouped, for families whose code lies beside their checkpoints and is not run. How they
            are made: [parity](../../parity/README.md).

            | `model_type` | reference | tiny models |
            |---|---|---|
            """;

    private static final String SOURCES = """

            ## Sources

            | source | what is read |
            |---|---|
            | folder with safetensors | `model.safetensors`, or the shards of `model.safetensors.index.json`; F32, F16, BF16 |
            | folder with `.bin` | where there is no safetensors file: `pytorch_model.bin` or its shards, both formats of `torch.save`; pickles are interpreted, never run |
            | GGUF | a file, the only one in a folder, or the only one in a repository; element types %s |
            | name on a hub | `owner/name` on Hugging Face, ModelScope or Modelers |
            | name alone | %d names of LLaMA-Factory's list, with their default templates; %d of them are of models that take more than text |

            A tokenizer is read from `tokenizer.json`. Where that is missing it is made of a SentencePiece model, ranks
            (`.tiktoken`, `tokenizer.model`, `tekken.json`), `vocab.json` with `merges.txt`, or the metadata of the GGUF file.

            ### GGUF

            Each architecture is compared with the model that its file was made of: tensors bit for bit, config, logits
            (`GgufModelsTest`); each element type with the package `gguf`, bit for bit (`GgufBlocksTest`).

            | architecture | read as |
            |---|---|
            """;

    private static final String REFUSED = """

            ## Refused

            Code in a model's repository is never run, whatever `trust_remote_code` says. Weights in FP8, MXFP4, GPTQ, AWQ or
            bitsandbytes are not read. For these types the message says why and, where there is one, which family fits:

            | `model_type` | why |
            |---|---|
            """;

    private final Map<String, Family> families;
    private final Map<String, List<ComparedModel>> compared;
    private final StringBuilder page = new StringBuilder();

    /**
     * What the list of examples says of a family.
     *
     * @param title which models it is
     * @param examples repositories
     * @param notes what else a user should know; null for nothing
     */
    record Family(
            String title, List<String> examples, @Nullable String notes) {}

    ModelPage(Map<String, Family> families, List<ComparedModel> compared) {
        this.families = families;
        this.compared = compared.stream()
                .collect(Collectors.groupingBy(ComparedModel::family, TreeMap::new, Collectors.toList()));
    }

    String text() {
        page.append(String.format(Locale.ROOT, INTRO, families.size()));
        families.forEach(this::family);
        notes();
        page.append(COMPARED);
        families.keySet().forEach(this::comparison);
        remarks();
        long multimodal = ModelCatalog.builtIn().all().stream()
                .filter(ModelCatalog.Model::multimodal)
                .count();
        page.append(String.format(
                Locale.ROOT,
                SOURCES,
                GgmlType.readableNames(),
                ModelCatalog.builtIn().names().size(),
                multimodal));
        gguf();
        page.append(REFUSED);
        new ForeignTypes(families.keySet()).rows().forEach((why, types) -> row(types, why));
        return page.toString();
    }

    private void family(String name, Family family) {
        List<ModelConfig> configs =
                cases(name).stream().map(ComparedModel::config).toList();
        String examples = family.examples().stream().map(ModelPage::code).collect(Collectors.joining(" "));
        row(code(name), family.title(), examples, FamilyFacts.attention(configs), FamilyFacts.layers(configs));
    }

    private List<ComparedModel> cases(String family) {
        return compared.getOrDefault(family, List.of());
    }

    private void notes() {
        page.append('\n');
        families.forEach((name, family) -> {
            if (family.notes() != null) {
                page.append("- ")
                        .append(code(name))
                        .append(": ")
                        .append(family.notes())
                        .append('\n');
            }
        });
    }

    private void comparison(String name) {
        Map<String, Set<String>> byReference = new LinkedHashMap<>();
        cases(name)
                .forEach(each -> byReference
                        .computeIfAbsent(each.reference(), key -> new TreeSet<>())
                        .add(each.name()));
        if (byReference.isEmpty()) {
            row(code(name), "not compared", "–");
        }
        byReference.forEach((reference, cases) ->
                row(code(name), reference, cases.stream().map(ModelPage::code).collect(Collectors.joining(", "))));
    }

    /** What the sheets say of single models. */
    private void remarks() {
        page.append('\n');
        compared.values()
                .forEach(cases -> cases.forEach(each -> {
                    String note = each.sheet().path("note").asText();
                    if (!note.isEmpty()) {
                        page.append("- ")
                                .append(code(each.name()))
                                .append(": ")
                                .append(note)
                                .append(".\n");
                    }
                }));
    }

    private void gguf() {
        Map<String, Set<String>> types = new TreeMap<>();
        for (GgufFamily family : GgufFamilies.all()) {
            types.computeIfAbsent(family.architecture(), key -> new TreeSet<>()).add(code(family.modelType()));
        }
        types.forEach((architecture, read) -> row(code(architecture), String.join(", ", read)));
    }

    private static String code(String text) {
        return "`" + text + "`";
    }

    private void row(String... cells) {
        page.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }
}
