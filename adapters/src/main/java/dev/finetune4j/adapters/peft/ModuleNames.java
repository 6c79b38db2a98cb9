package dev.finetune4j.adapters.peft;

import dev.finetune4j.core.model.Decoder;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The modules of a base model, seen through the names of its parameters; both names of a tied matrix count. */
final class ModuleNames {
    private final List<String> parameters = new ArrayList<>();

    ModuleNames(Decoder decoder) {
        decoder.parameters().all().forEach(parameter -> parameters.add(parameter.name()));
        parameters.addAll(decoder.parameters().ties().keySet());
        parameters.removeIf(name -> name.startsWith(PeftNames.PREFIX));
    }

    /** Names of all parameters inside modules whose names end with {@code ending}. */
    Set<String> parametersIn(String ending) {
        Set<String> found = new LinkedHashSet<>();
        for (String parameter : parameters) {
            for (int dot = parameter.indexOf('.'); dot >= 0; dot = parameter.indexOf('.', dot + 1)) {
                if (parameter.substring(0, dot).endsWith(ending)) {
                    found.add(parameter);
                }
            }
        }
        return found;
    }

    /** Last parts of the names of modules that own parameters. */
    Set<String> owners() {
        Set<String> owners = new TreeSet<>();
        for (String parameter : parameters) {
            String module = parameter.substring(0, parameter.lastIndexOf('.'));
            owners.add(module.substring(module.lastIndexOf('.') + 1));
        }
        return owners;
    }
}
