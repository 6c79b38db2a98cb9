package dev.finetune4j.data.catalog;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Which hub is meant where several are named, or none; LLaMA-Factory asks two variables of the environment.
 *
 * @param modelscope {@code USE_MODELSCOPE_HUB} is on
 * @param openmind {@code USE_OPENMIND_HUB} is on
 */
public record HubPreference(boolean modelscope, boolean openmind) {
    private static final List<String> ON = List.of("1", "true", "y");

    public static HubPreference of(Map<String, String> environment) {
        return new HubPreference(on(environment, "USE_MODELSCOPE_HUB"), on(environment, "USE_OPENMIND_HUB"));
    }

    private static boolean on(Map<String, String> environment, String variable) {
        return ON.contains(environment.getOrDefault(variable, "0").toLowerCase(Locale.ROOT));
    }

    /** The hub where an entry names none. */
    Origin.Host host() {
        if (modelscope) {
            return Origin.Host.MODELSCOPE;
        }
        return openmind ? Origin.Host.OPENMIND : Origin.Host.HUGGING_FACE;
    }
}
