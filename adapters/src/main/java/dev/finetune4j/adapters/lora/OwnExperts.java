package dev.finetune4j.adapters.lora;

import dev.finetune4j.adapters.peft.ExpertStacks;
import dev.finetune4j.adapters.peft.PeftNames;
import dev.finetune4j.core.model.linear.Linear;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Maps of experts with matrices of their own, held against the tensors of an adapter file. Transformers 5 keeps experts
 * stacked in memory whatever the checkpoint does, so PEFT finds no module there: a name such as {@code gate_proj} that was
 * meant for a shared layer too then adapts that layer alone. Where a file has nothing for any expert's map of a kind in a
 * block, the name did not mean them.
 */
final class OwnExperts {
    private static final Logger LOG = LoggerFactory.getLogger(OwnExperts.class);

    /** A block, then an expert's number before the map's own name. */
    private static final Pattern EXPERT = Pattern.compile("(.*[.]\\d+[.].*)[.]\\d+([.][^.]+)$");

    private final Set<String> stored = new TreeSet<>();

    /** @param tensors names in the file */
    OwnExperts(Set<String> tensors) {
        tensors.forEach(name -> stored.add(kind(name.replaceFirst("[.]lora_[AB][.].*", ""))));
    }

    /** The name without an expert's number. */
    private static String kind(String module) {
        return EXPERT.matcher(module).replaceFirst("$1.*$2");
    }

    List<Linear> without(List<Linear> chosen) {
        List<Linear> left = new ArrayList<>();
        Set<String> unmeant = new TreeSet<>();
        for (Linear map : chosen) {
            String kind = kind(map.name());
            boolean expert = !kind.equals(map.name()) && ExpertStacks.tensor(map) == null;
            if (expert && !stored.contains(PeftNames.PREFIX + kind)) {
                unmeant.add(kind);
            } else {
                left.add(map);
            }
        }
        if (!unmeant.isEmpty()) {
            LOG.info("The adapter holds nothing for these experts, which stay as they are: {}", unmeant);
        }
        return left;
    }
}
