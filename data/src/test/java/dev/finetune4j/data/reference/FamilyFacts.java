package dev.finetune4j.data.reference;

import dev.finetune4j.core.model.config.AttentionConfig;
import dev.finetune4j.core.model.config.AttentionConfig.Layout;
import dev.finetune4j.core.model.config.AttentionConfig.QueryKeyNorm;
import dev.finetune4j.core.model.config.AttentionConfig.View;
import dev.finetune4j.core.model.config.BlockConfig;
import dev.finetune4j.core.model.config.ExpertConfig;
import dev.finetune4j.core.model.config.FeedForwardConfig;
import dev.finetune4j.core.model.config.ModelConfig;
import dev.finetune4j.core.model.config.NormConfig;
import dev.finetune4j.core.model.config.RopeConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/** Facts of a config in words. What only some configs of a family have is marked. */
final class FamilyFacts {
    private FamilyFacts() {}

    static String attention(List<ModelConfig> configs) {
        return joined(configs, FamilyFacts::attention);
    }

    static String layers(List<ModelConfig> configs) {
        return joined(configs, FamilyFacts::layers);
    }

    private static String joined(List<ModelConfig> configs, Function<ModelConfig, List<String>> facts) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        configs.forEach(config -> facts.apply(config).forEach(fact -> counts.merge(fact, 1, Integer::sum)));
        List<String> words = new ArrayList<>();
        counts.forEach((fact, count) -> {
            if (count == configs.size()) {
                words.add(fact);
            }
        });
        counts.forEach((fact, count) -> {
            if (count < configs.size()) {
                words.add(fact + " *(some)*");
            }
        });
        return words.isEmpty() ? "–" : String.join("; ", words);
    }

    private static List<String> attention(ModelConfig config) {
        AttentionConfig attention = config.attention();
        List<String> words = new ArrayList<>();
        heads(attention, words);
        if (attention.inputBias()
                || attention.latent() != null && attention.latent().bias()) {
            words.add("biases");
        }
        if (attention.queryKeyNorm() != null) {
            words.add(norms(attention.queryKeyNorm()));
        }
        add(words, attention.clip() > 0, "q, k and v clipped");
        add(words, attention.softCap() > 0, "scores capped");
        add(words, attention.sinks(), "sinks");
        add(words, attention.alibi(), "linear biases on distance");
        add(words, config.input().positions() > 0, "learned positions");
        rotation(config, words);
        views(attention.views(), words);
        return words;
    }

    private static void heads(AttentionConfig attention, List<String> words) {
        if (attention.latent() != null) {
            words.add("latent");
            add(words, attention.latent().queryRank() > 0, "latent queries too");
            return;
        }
        words.add(attention.keyValueHeads() < attention.heads() ? "grouped heads" : "a key head each");
        add(words, attention.layout() == Layout.BLOCKS, "q, k and v in one map");
        add(words, attention.layout() == Layout.GROUPS, "q, k and v in one map by key head");
    }

    private static String norms(QueryKeyNorm norms) {
        String span = switch (norms.span()) {
            case HEAD -> "norms on q and k";
            case HEAD_OWN_WEIGHT -> "norms on q and k, a weight for each head";
            case ALL -> "norms over all of q and k";
        };
        return norms.afterRotation() ? span + ", after the rotation" : span;
    }

    private static void rotation(ModelConfig config, List<String> words) {
        List<View> views = config.attention().views();
        if (config.ropes().isEmpty() || views.stream().allMatch(view -> view.rope() < 0)) {
            return;
        }
        RopeConfig rope = config.rope();
        add(words, rope.interleaved(), "neighbours rotate together");
        boolean part = config.attention().latent() == null
                && rope.dim() < config.attention().headDim();
        add(words, part, "a part of each head rotated");
        add(words, config.ropes().size() > 1, "rotations by kind of block");
        add(words, views.stream().anyMatch(view -> view.rope() < 0), "no rotation in some blocks");
        add(words, config.attention().temperature() != null, "queries that grow with position");
    }

    private static void views(List<View> views, List<String> words) {
        where(views, view -> view.window() > 0, "a window", words);
        where(views, view -> view.chunk() > 0, "chunks", words);
        add(words, views.stream().anyMatch(view -> view.scale() != 1), "scores scaled by depth");
    }

    private static void where(List<View> views, Predicate<View> holds, String what, List<String> words) {
        if (views.stream().anyMatch(holds)) {
            words.add(what + (views.stream().allMatch(holds) ? "" : " in some blocks"));
        }
    }

    private static List<String> layers(ModelConfig config) {
        List<String> words = new ArrayList<>();
        BlockConfig block = config.block();
        words.add(norm(block.norm().kind()));
        if (block.parallel()) {
            words.add("layers side by side" + (block.beforeFeedForward() == null ? "" : ", a norm each"));
        } else if (block.beforeAttention() == null) {
            words.add("norms behind layers");
        } else if (block.afterAttention() != null) {
            words.add("norms on both sides of layers");
        }
        ExpertConfig experts = config.experts();
        boolean everywhere = experts != null && everywhere(experts);
        if (!everywhere) {
            feedForward(config.feedForward(), words);
        }
        if (experts != null) {
            words.addAll(experts(experts, everywhere));
        }
        extras(config, words);
        return words;
    }

    private static boolean everywhere(ExpertConfig experts) {
        for (boolean has : experts.layers()) {
            if (!has) {
                return false;
            }
        }
        return true;
    }

    private static String norm(NormConfig.Kind kind) {
        return switch (kind) {
            case RMS -> "RMS norms";
            case RMS_WIDE -> "RMS norms, weighed in fp32";
            case RMS_OFFSET -> "RMS norms, weights offset by one";
            case RMS_PLAIN -> "RMS norms without weights";
            case LAYER -> "layer norms";
            case LAYER_UNBIASED -> "layer norms without bias";
            case LAYER_OFFSET -> "layer norms, weights offset by one";
            case LAYER_PLAIN -> "layer norms without parameters";
        };
    }

    private static void feedForward(FeedForwardConfig layer, List<String> words) {
        String kind = switch (layer.kind()) {
            case GATED -> "gated ";
            case GATED_FUSED -> "gate and up in one map, ";
            case PLAIN -> "plain ";
        };
        words.add(kind + "`" + layer.activation() + "`");
        add(words, layer.bias(), "biases");
    }

    private static List<String> experts(ExpertConfig experts, boolean everywhere) {
        List<String> words = new ArrayList<>();
        ExpertConfig.Router router = experts.router();
        String score = switch (router.score()) {
            case SOFTMAX -> "chosen by softmax" + (router.normalised() ? ", weights sum to one" : "");
            case SOFTMAX_OF_CHOSEN -> "weighed by a softmax over the chosen";
            case SIGMOID -> "chosen by corrected sigmoids";
            case SIGMOID_ON_INPUT -> "whose inputs a sigmoid weighs";
            case SPARSE_MIXER -> "chosen round after round";
        };
        words.add("experts" + (everywhere ? " " : " in some blocks, ") + score);
        add(words, router.groups() > 1, "choice by groups");
        ExpertConfig.Shared shared = experts.shared();
        if (shared != null) {
            words.add(shared.gated() ? "a shared expert behind a gate" : "a shared expert");
        }
        add(words, experts.form() == ExpertConfig.Form.CLAMPED, "clamped");
        add(words, experts.bias(), "biases of experts and router");
        add(words, experts.storage() != ExpertConfig.Storage.SEPARATE, "stacked in files");
        return words;
    }

    private static void extras(ModelConfig config, List<String> words) {
        add(words, config.input().multiplier() != 1, "embeddings scaled");
        add(words, config.input().norm(), "a norm behind the embedding");
        add(words, config.block().residualMultiplier() != 1, "residuals scaled");
        add(words, config.head().multiplier() != 1, "logits scaled");
        add(words, config.head().softCap() > 0, "logits capped");
        add(words, config.head().bias(), "head with bias");
        add(words, config.head().normalised(), "head rows of length one");
        add(words, config.stored().transposed(), "matrices stored `[in, out]`");
    }

    private static void add(List<String> words, boolean holds, String word) {
        if (holds) {
            words.add(word);
        }
    }
}
