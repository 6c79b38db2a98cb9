package dev.finetune4j.data.reference;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** The page of tool formats is written by the formats. */
class ToolFormatReferenceTest {
    @Test
    void thePageOfToolFormatsIsUpToDate() throws IOException {
        new CommittedPage("tool-formats.md").mustBe(new ToolFormatPage().text());
    }
}
