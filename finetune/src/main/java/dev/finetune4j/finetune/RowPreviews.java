package dev.finetune4j.finetune;

import dev.finetune4j.data.Preview;
import dev.finetune4j.finetune.plan.Preparation;
import dev.finetune4j.finetune.plan.RunRequest;
import dev.finetune4j.finetune.rows.RunData;
import java.util.List;

/** Shows rows without a model. */
final class RowPreviews {
    private RowPreviews() {}

    static List<Preview> of(RunRequest request, int most) {
        try (RunData data = RunData.open(
                request.arguments(), request.memory(), Preparation.modelFolder(request.arguments()))) {
            return data.preview(most);
        }
    }
}
