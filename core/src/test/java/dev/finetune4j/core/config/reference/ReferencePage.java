package dev.finetune4j.core.config.reference;

import dev.finetune4j.core.config.ArgumentsBinder;
import dev.finetune4j.core.config.KnownKey;
import dev.finetune4j.core.config.KnownKey.Standing;
import dev.finetune4j.core.config.KnownKeys;
import dev.finetune4j.core.config.bind.BoundKey;
import dev.finetune4j.core.config.source.YamlText;
import java.util.List;

/** The page {@code docs/reference/parameters.md}. */
final class ReferencePage {
    private final Reference reference;
    private final StringBuilder page = new StringBuilder();

    ReferencePage(Reference reference) {
        this.reference = reference;
    }

    String text() {
        intro();
        reference.groups().forEach(this::group);
        values();
        refused();
        inert();
        return page.toString();
    }

    private void intro() {
        long bound = ArgumentsBinder.schema().keys().size();
        line("# Settings");
        line("");
        line("<!-- Made from the Javadoc of the records by ReferenceTest; do not edit. -->");
        line("");
        line(
                "Every setting can be given in a YAML or JSON file, as `key=value` on the command line, or by the builder;");
        line("what is given later wins. Lists may be written with commas, numbers as texts. A key that is left out or");
        line("null has its default; \"none\" means that it is absent. " + bound + " settings are honoured, "
                + KnownKeys.refused().size() + " more are known and");
        line("refused by name until they are available. Any other key is an error that names the nearest known ones.");
    }

    private void group(Class<?> group, List<BoundKey> keys) {
        line("");
        line("## " + Reference.heading(group));
        line("");
        line(reference.docs(group).about());
        line("");
        line("| key | type | default | meaning |");
        line("|---|---|---|---|");
        for (BoundKey key : keys) {
            String type =
                    key.choices().isEmpty() ? key.typeName() : key.typeName() + ": " + String.join(", ", key.choices());
            String honoured = key.equivalent().isPresent() ? " *Honoured by an equivalent.*" : "";
            row("`" + key.name() + "`", type, reference.documentedDefault(key), reference.meaning(key) + honoured);
        }
    }

    private void values() {
        line("");
        line("## Values that are known, not available yet");
        line("");
        line("| key | values |");
        line("|---|---|");
        for (BoundKey key : ArgumentsBinder.schema().keys()) {
            if (!key.later().isEmpty()) {
                row("`" + key.name() + "`", String.join(", ", key.later()));
            }
        }
    }

    private void refused() {
        line("");
        line("## Keys that are known, not available yet (" + KnownKeys.refused().size() + ")");
        line("");
        line(
                "Given with its default, such a key changes nothing and is accepted; given with another value, it is refused.");
        line("");
        line("| group | key | default | now |");
        line("|---|---|---|---|");
        for (KnownKey key : KnownKeys.refused()) {
            String text = key.defaultValue().isNull() ? "none" : YamlText.of(key.defaultValue());
            row(key.group(), "`" + key.key() + "`", text, key.hint());
        }
    }

    private void inert() {
        line("");
        line("## Keys that are accepted without an effect");
        line("");
        line("The plan prints the reason.");
        line("");
        line("| key | reason |");
        line("|---|---|");
        for (KnownKey key : KnownKeys.all()) {
            if (key.standing() == Standing.INERT) {
                row("`" + key.key() + "`", key.hint());
            }
        }
    }

    private void row(String... cells) {
        line("| "
                + String.join(
                        " | ", List.of(cells).stream().map(ReferencePage::cell).toList()) + " |");
    }

    /** A bar would end the cell. */
    private static String cell(String text) {
        return text.replace("|", "\\|");
    }

    private void line(String text) {
        page.append(text).append('\n');
    }
}
