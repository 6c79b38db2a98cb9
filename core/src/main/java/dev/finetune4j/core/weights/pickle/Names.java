package dev.finetune4j.core.weights.pickle;

import dev.finetune4j.core.runtime.DType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Every name that a pickle may use, and what it stands for. None of them is looked up anywhere: the list is the world. */
final class Names {
    private static final Map<String, Value> KNOWN = new HashMap<>();

    static {
        elements(DType.FLOAT64, "float64", "double");
        elements(DType.FLOAT32, "float32", "float");
        elements(DType.FLOAT16, "float16", "half");
        elements(DType.BFLOAT16, "bfloat16");
        elements(DType.INT64, "int64", "long");
        elements(DType.INT32, "int32", "int");
        elements(DType.INT16, "int16", "short");
        elements(DType.INT8, "int8");
        elements(DType.UINT8, "uint8");
        elements(DType.BOOL, "bool");
        for (String name : List.of(
                "float8_e4m3fn",
                "float8_e4m3fnuz",
                "float8_e5m2",
                "float8_e5m2fnuz",
                "float8_e8m0fnu",
                "float4_e2m1fn_x2",
                "uint16",
                "uint32",
                "uint64",
                "complex32",
                "complex64",
                "complex128",
                "qint8",
                "quint8",
                "qint32")) {
            KNOWN.put("torch." + name, new Value.Element(name, null));
        }
        storages();
        KNOWN.put("collections.OrderedDict", Call.DICTIONARY);
        KNOWN.put("torch._utils._rebuild_tensor", Call.TENSOR);
        KNOWN.put("torch._utils._rebuild_tensor_v2", Call.TENSOR);
        KNOWN.put("torch._utils._rebuild_tensor_v3", Call.TENSOR_OF_ELEMENT);
        KNOWN.put("torch._utils._rebuild_parameter", Call.PARAMETER);
        KNOWN.put("torch._utils._rebuild_parameter_with_state", Call.PARAMETER);
        KNOWN.put("torch._tensor._rebuild_from_type_v2", Call.SUBCLASS);
        KNOWN.put("torch.Tensor", Call.TENSOR_CLASS);
        KNOWN.put("torch.nn.parameter.Parameter", Call.TENSOR_CLASS);
        KNOWN.put("torch.Size", Call.SIZE);
        for (String name : List.of(
                "torch.device",
                "torch.serialization._get_layout",
                "_codecs.encode",
                "builtins.set",
                "__builtin__.set",
                "builtins.bytearray",
                "__builtin__.bytearray",
                "builtins.complex",
                "__builtin__.complex",
                "collections.Counter")) {
            KNOWN.put(name, Call.IGNORED);
        }
    }

    private Names() {}

    private static void elements(DType dtype, String... names) {
        for (String name : names) {
            KNOWN.put("torch." + name, new Value.Element(dtype.configName(), dtype));
        }
    }

    private static void storages() {
        Map.ofEntries(
                        Map.entry("Double", "float64"),
                        Map.entry("Float", "float32"),
                        Map.entry("Half", "float16"),
                        Map.entry("BFloat16", "bfloat16"),
                        Map.entry("Long", "int64"),
                        Map.entry("Int", "int32"),
                        Map.entry("Short", "int16"),
                        Map.entry("Char", "int8"),
                        Map.entry("Byte", "uint8"),
                        Map.entry("Bool", "bool"),
                        Map.entry("ComplexDouble", "complex128"),
                        Map.entry("ComplexFloat", "complex64"),
                        Map.entry("QInt8", "qint8"),
                        Map.entry("QUInt8", "quint8"),
                        Map.entry("QInt32", "qint32"))
                .forEach((storage, element) -> {
                    if (KNOWN.get("torch." + element) instanceof Value.Element type) {
                        KNOWN.put("torch." + storage + "Storage", new Value.StorageType(type));
                    }
                });
        KNOWN.put("torch.storage.UntypedStorage", new Value.StorageType(null));
        KNOWN.put("torch.UntypedStorage", new Value.StorageType(null));
    }

    /**
     * What a name stands for.
     *
     * @throws dev.finetune4j.core.error.WeightException if it is not on the list
     */
    static Value find(String module, String name, Faults faults) {
        Value known = KNOWN.get(module + "." + name);
        if (known == null) {
            throw faults.forbidden(module + "." + name);
        }
        return known;
    }
}
