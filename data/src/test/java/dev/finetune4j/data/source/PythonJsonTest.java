package dev.finetune4j.data.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonProcessingException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PythonJsonTest {
    /** Right: what Python's json.dumps writes for the number that it reads left. */
    @ParameterizedTest
    @CsvSource({
        "1,1",
        "1.0,1.0",
        "1e5,100000.0",
        "1e-5,1e-05",
        "0.0001,0.0001",
        "1e16,1e+16",
        "1e15,1000000000000000.0",
        "123456789012345680.0,1.2345678901234568e+17",
        "-0.0,-0.0",
        "2e-7,2e-07",
        "2.5e-12,2.5e-12",
        "1.5e300,1.5e+300",
        "0.1,0.1",
        "3.3333333333333335,3.3333333333333335",
        "5e-324,5e-324",
        "2.0e-3,0.002",
        "9007199254740993,9007199254740993",
        "100000000000000000000000,100000000000000000000000",
        "2.2250738585072014e-308,2.2250738585072014e-308",
        "1.7976931348623157e308,1.7976931348623157e+308",
        "2.0e23,2e+23",
        "NaN,NaN",
        "-Infinity,-Infinity"
    })
    void numbersAreSpelledAsPythonDoes(String read, String written) throws JsonProcessingException {
        assertEquals(written, PythonJson.write(PythonJson.parse(read)));
    }

    @Test
    void textKeepsForeignCharactersAndEscapesControls() throws JsonProcessingException {
        String json = "{\"é\": \"\\u4f60 / \\u007f \\u0001 \\n\\t\\\"\\\\ 😀\", \"a\": [1, null, true, {}], \"e\": []}";
        assertEquals(
                "{\"é\": \"你 / \u007f \\u0001 \\n\\t\\\"\\\\ 😀\", \"a\": [1, null, true, {}], \"e\": []}",
                PythonJson.write(PythonJson.parse(json)));
    }

    @Test
    void indentationPutsEachElementOnItsLine() throws JsonProcessingException {
        assertEquals(
                "{\n    \"a\": [\n        1,\n        2\n    ],\n    \"b\": {}\n}",
                PythonJson.write(PythonJson.parse("{\"a\": [1, 2], \"b\": {}}"), 4));
    }

    @Test
    void trailingTextIsNotOneValue() {
        assertThrows(JsonProcessingException.class, () -> PythonJson.parse("{} {}"));
    }
}
