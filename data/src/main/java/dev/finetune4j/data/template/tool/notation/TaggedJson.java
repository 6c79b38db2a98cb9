package dev.finetune4j.data.template.tool.notation;

import dev.finetune4j.data.source.PythonJson;
import dev.finetune4j.data.template.tool.FunctionCall;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Calls as JSON objects, each between {@code <tool_call>} tags. */
public final class TaggedJson {
    public static final String OPEN = "<tool_call>";
    public static final String CLOSE = "</tool_call>";

    private TaggedJson() {}

    /** One block a call. */
    public static String write(List<FunctionCall> calls) {
        return calls.stream()
                .map(call -> OPEN + "\n" + PythonJson.write(JsonCalls.object(call, "arguments")) + "\n" + CLOSE)
                .collect(Collectors.joining("\n"));
    }

    /**
     * What stands between the tags. A block ends where another one, or nothing, follows it; with other text behind it, it is
     * none.
     */
    public static List<String> blocks(String text) {
        TextScan scan = new TextScan(text);
        List<String> blocks = new ArrayList<>();
        while (scan.seek(OPEN)) {
            String block = scan.untilLast(CLOSE, OPEN, 1);
            if (block == null) {
                break;
            }
            blocks.add(block);
        }
        return blocks;
    }

    /** The calls of all blocks; none where one of them is not JSON of a call. */
    public static List<FunctionCall> read(String text) {
        List<FunctionCall> calls = new ArrayList<>();
        for (String block : blocks(text)) {
            List<FunctionCall> read = JsonCalls.read(block, "arguments");
            if (read.size() != 1) {
                return List.of();
            }
            calls.addAll(read);
        }
        return calls;
    }
}
