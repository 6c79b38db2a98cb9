package dev.finetune4j.guard;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The table of modules: what each may import. Its text is {@code guard/modules.txt}. */
final class ModuleTable {
    static final String ROOT_PACKAGE = "dev.finetune4j.";
    private static final List<String> OPEN = List.of("java", "com.sun.management", "org.jspecify", "org.slf4j");

    private final Map<String, Rule> rules = new LinkedHashMap<>();

    /**
     * One line of the table.
     *
     * @param ours modules or packages under the root package
     * @param others third-party packages
     */
    record Rule(String module, List<String> ours, List<String> others) {
        /** The sentence that a wrong import breaks. */
        String sentence() {
            return "module " + module + " may import "
                    + (ours.isEmpty() ? "no other module" : "only " + String.join(", ", ours))
                    + (others.isEmpty() ? "" : ", and of other libraries " + String.join(", ", others));
        }

        boolean allows(String type) {
            if (type.startsWith(ROOT_PACKAGE)) {
                String inside = type.substring(ROOT_PACKAGE.length());
                return within(inside, packageOf(module)) || ours.stream().anyMatch(allowed -> within(inside, allowed));
            }
            return OPEN.stream().anyMatch(open -> within(type, open))
                    || others.stream().anyMatch(allowed -> within(type, allowed));
        }

        private static boolean within(String type, String packageName) {
            return type.equals(packageName) || type.startsWith(packageName + ".");
        }
    }

    static ModuleTable read() {
        ModuleTable table = new ModuleTable();
        String text = Repository.read(Repository.root().resolve("finetune/src/test/resources/guard/modules.txt"));
        text.lines().filter(line -> !line.startsWith("#") && !line.isBlank()).forEach(line -> {
            String[] parts = line.split("\\|", -1);
            Rule rule = new Rule(parts[0].strip(), words(parts[1]), words(parts[2]));
            table.rules.put(rule.module, rule);
        });
        return table;
    }

    private static List<String> words(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
    }

    /** The packages of a module with a hyphen have a dot there. */
    static String packageOf(String module) {
        return module.replace('-', '.');
    }

    Rule of(String module) {
        return Objects.requireNonNull(rules.get(module), () -> "guard/modules.txt has no line for " + module);
    }

    boolean knows(String module) {
        return rules.containsKey(module);
    }
}
