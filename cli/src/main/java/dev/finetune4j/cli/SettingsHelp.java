package dev.finetune4j.cli;

import dev.finetune4j.core.config.reference.SettingsReference;
import dev.finetune4j.core.config.reference.SettingsReference.Entry;
import dev.finetune4j.core.config.reference.SettingsReference.Group;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Explains settings, from the reference that is made of their declarations. */
public final class SettingsHelp {
    private static final int WIDTH = 100;
    private static final String INDENT = "      ";

    private SettingsHelp() {}

    /** Every setting, group by group. */
    public static void all(PrintWriter out) {
        out.println();
        out.println("Settings, as key: value in FILE or key=value behind it:");
        for (Group group : SettingsReference.groups()) {
            out.println();
            out.println(group.group() + ". " + plain(group.about()));
            group.keys().forEach(entry -> print(entry, out));
        }
        out.flush();
    }

    /** One setting; an unknown key is an error that names similar ones. */
    public static int one(String key, PrintWriter out, PrintWriter err) {
        List<String> similar = new ArrayList<>();
        for (Group group : SettingsReference.groups()) {
            for (Entry entry : group.keys()) {
                if (entry.key().equals(key)) {
                    print(entry, out);
                    out.flush();
                    return 0;
                }
                if (entry.key().contains(key) || key.contains(entry.key())) {
                    similar.add(entry.key());
                }
            }
        }
        err.println("There is no setting \"" + key + "\"."
                + (similar.isEmpty() ? "" : " Did you mean " + String.join(", ", similar) + "?"));
        err.flush();
        return Failures.USAGE;
    }

    private static void print(Entry entry, PrintWriter out) {
        String fallback = entry.defaultText() == null ? "" : ", default " + entry.defaultText();
        List<String> choices = entry.choices();
        String kind = choices == null ? entry.type() : String.join(" | ", choices);
        out.println("  " + entry.key() + " (" + kind + fallback + ")");
        for (String line : wrapped(plain(entry.text()))) {
            out.println(INDENT + line);
        }
    }

    private static String plain(String text) {
        return text.replace("`", "");
    }

    private static List<String> wrapped(String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (line.length() > 0 && INDENT.length() + line.length() + 1 + word.length() > WIDTH) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.length() == 0 ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
