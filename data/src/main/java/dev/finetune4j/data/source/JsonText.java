package dev.finetune4j.data.source;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** How JSON inside a row's text is parsed: standard JSON, plus NaN and the infinities that Python writes. */
final class JsonText {
    /** A row may hold a whole book; the parser's own limit of 20 million characters is meant for web servers. */
    private static final int LONGEST_STRING = 1 << 29;

    static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(LONGEST_STRING)
                            .build())
                    .build())
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    private JsonText() {}
}
