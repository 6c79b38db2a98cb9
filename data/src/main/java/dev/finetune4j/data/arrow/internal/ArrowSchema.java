package dev.finetune4j.data.arrow.internal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Columns of a file, the dictionaries they use, and what its writer noted. */
public record ArrowSchema(List<ArrowField> fields, Map<String, String> metadata) {
    public ArrowSchema {
        fields = List.copyOf(fields);
        metadata = Map.copyOf(metadata);
    }

    /** Values of each dictionary, by its id. */
    Map<Long, ArrowField> dictionaries() {
        Map<Long, ArrowField> found = new HashMap<>();
        collect(fields, found);
        return found;
    }

    private static void collect(List<ArrowField> fields, Map<Long, ArrowField> found) {
        for (ArrowField field : fields) {
            ArrowField.Coding coding = field.dictionary();
            if (coding != null) {
                found.put(coding.id(), field.decoded());
            }
            collect(field.children(), found);
        }
    }
}
