package dev.finetune4j.data.template.tool.notation;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.finetune4j.data.source.PythonJson;
import dev.finetune4j.data.template.tool.FunctionCall;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Calls as JSON objects with a name and arguments. */
public final class JsonCalls {
    private JsonCalls() {}

    /** A call as such an object. */
    public static Map<String, Object> object(FunctionCall call, String argumentsKey) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("name", call.name());
        object.put(argumentsKey, call.arguments());
        return object;
    }

    /** The calls of a JSON object or list of objects; none where the text is not that. */
    public static List<FunctionCall> read(String json, String argumentsKey) {
        Object parsed;
        try {
            parsed = PythonJson.parse(TextScan.strip(json));
        } catch (JsonProcessingException e) {
            return List.of();
        }
        List<FunctionCall> calls = new ArrayList<>();
        for (Object element : parsed instanceof List<?> list ? list : java.util.Collections.singletonList(parsed)) {
            if (!(element instanceof Map<?, ?> call)
                    || !(call.get("name") instanceof String name)
                    || !call.containsKey(argumentsKey)) {
                return List.of();
            }
            calls.add(new FunctionCall(name, call.get(argumentsKey)));
        }
        return calls;
    }
}
