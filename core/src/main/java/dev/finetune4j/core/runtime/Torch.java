package dev.finetune4j.core.runtime;

import java.util.List;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * The only caller of operators that the binding does not map, and the one place where the kernel of a product is chosen.
 * Every returned tensor belongs to the caller's innermost scope.
 */
public final class Torch {
    static {
        // JavaCPP reads both limits when its Pointer class loads. Its defaults read the process's memory statistics on
        // every allocation (1.5 µs) and kill the run at four times the Java heap.
        System.setProperty("org.bytedeco.javacpp.maxphysicalbytes", "0");
        System.setProperty("org.bytedeco.javacpp.maxbytes", "0");
        // libtorch's own loops run in OpenMP threads and call BLAS from inside them; with its pool of threads on top
        // OpenBLAS serialises those loops. Fixed once: switching tears the pool down and costs milliseconds.
        openblas.blas_set_num_threads(1);
    }

    private Torch() {}

    /** Loads libtorch with the library's process-wide settings; does nothing the second time. */
    public static void load() {
        // The class's initialiser does the work.
    }

    /** Threads that libtorch uses inside one operator. */
    public static int threads() {
        return torch.get_num_threads();
    }

    /** Waits until a device has done all it was given; returns at once on a CPU. */
    public static void synchronize(Device device) {
        if (device.isCuda()) {
            torch.cuda_synchronize();
        }
    }

    /** Operators by name; a holder of its own so that none is looked up before libtorch is loaded. */
    private static final class Ops {
        static final Operator LINEAR = new Operator("mkldnn::_linear_pointwise");
        static final Operator LINEAR_PLUS = new Operator("mkldnn::_linear_pointwise", "binary");
        static final Operator FUSED_ADAMW = new Operator("aten::_fused_adamw_");
        static final Operator FLASH = new Operator("aten::_scaled_dot_product_flash_attention_for_cpu");
        static final Operator FLASH_BACKWARD =
                new Operator("aten::_scaled_dot_product_flash_attention_for_cpu_backward");
    }

    /** {@code x wᵀ + bias}; see {@link #product(Tensor, Tensor, Tensor, Tensor)}. */
    public static Tensor product(Tensor x, Tensor w, @Nullable Tensor bias) {
        return product(x, w, bias, null);
    }

    /**
     * {@code x wᵀ + bias + plus}. On a CPU through oneDNN, which runs on libtorch's own threads, takes transposed views and
     * adds in the product's own last pass, so that bf16 rounds once; OpenBLAS at one thread is half as fast.
     *
     * @param x {@code [rows, in]}
     * @param w {@code [out, in]}, dtype of {@code x}
     * @param bias {@code [out]} or null
     * @param plus {@code [rows, out]} or null
     * @return {@code [rows, out]}
     */
    public static Tensor product(Tensor x, Tensor w, @Nullable Tensor bias, @Nullable Tensor plus) {
        if (x.is_cuda() || x.size(0) == 0 || !oneDnnTakes(x)) {
            Tensor y = plus == null ? torch.mm(x, w.t()) : torch.addmm(plus, x, w.t());
            return bias == null ? y : y.add_(bias);
        }
        return plus == null
                ? Ops.LINEAR.call(dense(x), dense(w), bias, "none", List.of(), "")[0]
                : Ops.LINEAR_PLUS.call(dense(x), plus, dense(w), bias, "add")[0];
    }

    /** A matrix whose rows or columns follow each other in memory: on others oneDNN falls back to plain loops. */
    private static Tensor dense(Tensor matrix) {
        return matrix.is_contiguous() || matrix.t().is_contiguous() ? matrix : matrix.contiguous();
    }

    private static boolean oneDnnTakes(Tensor x) {
        DType dtype = DType.of(x);
        return dtype == DType.FLOAT32 || dtype == DType.BFLOAT16;
    }

    /** An uninitialised tensor. */
    public static Tensor empty(DType dtype, Device device, long... shape) {
        return torch.empty(shape, options(dtype, device), new MemoryFormatOptional());
    }

    /** A tensor of zeros. */
    public static Tensor zeros(DType dtype, Device device, long... shape) {
        return torch.zeros(shape, options(dtype, device));
    }

    /** Integers as an int64 tensor {@code [values.length]}. */
    public static Tensor ints(int[] values, Device device) {
        long[] wide = new long[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return longs(wide, device);
    }

    /** Integers as an int64 tensor {@code [values.length]}. */
    public static Tensor longs(long[] values, Device device) {
        Tensor tensor = empty(DType.INT64, Device.CPU, values.length);
        if (values.length > 0) {
            new LongPointer(tensor.data_ptr_long()).put(values, 0, values.length);
        }
        return device.isCuda() ? tensor.to(device.toNative(), DType.INT64.scalarType()) : tensor;
    }

    /** Floats as an fp32 tensor {@code [values.length]}. */
    public static Tensor floats(float[] values, Device device) {
        Tensor tensor = empty(DType.FLOAT32, Device.CPU, values.length);
        if (values.length > 0) {
            tensor.data_ptr_float().put(values, 0, values.length);
        }
        return device.isCuda() ? tensor.to(device.toNative(), DType.FLOAT32.scalarType()) : tensor;
    }

    /** Copies a tensor of any floating dtype into a Java array, row by row. */
    public static float[] toFloats(Tensor tensor) {
        try (Scope scope = Scope.open("to floats")) {
            Tensor plain = to(tensor, DType.FLOAT32).cpu().contiguous();
            float[] values = new float[Math.toIntExact(plain.numel())];
            if (values.length > 0) {
                plain.data_ptr_float().get(values, 0, values.length);
            }
            return values;
        }
    }

    /** Copies an integer tensor into a Java array, row by row. */
    public static long[] toLongs(Tensor tensor) {
        try (Scope scope = Scope.open("to longs")) {
            Tensor plain = to(tensor, DType.INT64).cpu().contiguous();
            long[] values = new long[Math.toIntExact(plain.numel())];
            if (values.length > 0) {
                plain.data_ptr_long().get(values, 0, values.length);
            }
            return values;
        }
    }

    /** The tensor in a dtype; the same tensor where it has that dtype already. */
    public static Tensor to(Tensor tensor, DType dtype) {
        return DType.of(tensor) == dtype ? tensor : tensor.to(dtype.scalarType());
    }

    /** A copy in a dtype, whether or not the tensor has it already. */
    public static Tensor copy(Tensor tensor, DType dtype) {
        return DType.of(tensor) == dtype ? tensor.clone() : tensor.to(dtype.scalarType());
    }

    /** The device a tensor lives on. */
    public static Device device(Tensor tensor) {
        return tensor.is_cuda() ? new Device("cuda", tensor.device().index()) : Device.CPU;
    }

    /** A whole file as one byte tensor, mapped privately and read lazily; it outlives the file's name. */
    public static Tensor mapFile(String path, long bytes) {
        return torch.from_file(
                path, new BoolOptional(false), new LongOptional(bytes), new TensorOptions(DType.UINT8.scalarType()));
    }

    /** Tensors end to end along the first dimension. */
    public static Tensor cat(List<Tensor> tensors) {
        return torch.cat(new TensorVector(tensors.toArray(new Tensor[0])), 0);
    }

    /** A number as an operator's argument; owned by the caller's scope. */
    public static Scalar scalar(double value) {
        return new Scalar(value);
    }

    /**
     * libtorch's fused attention for CPUs, one document.
     *
     * @param q {@code [1, heads, tokens, headDim]}
     * @param k keys of the same heads, likewise {@code v}
     * @param mask additive {@code [tokens, tokens]} or null
     * @return the output {@code [1, heads, tokens, headDim]} and the row statistics that {@link #flashBackward} needs
     */
    public static Tensor[] flash(Tensor q, Tensor k, Tensor v, @Nullable Tensor mask, double scale) {
        return Ops.FLASH.call(q, k, v, 0.0, mask == null, mask, scale);
    }

    /**
     * Gradient of {@link #flash} with respect to q, k and v.
     *
     * @param saved what {@link #flash} returned
     */
    public static Tensor[] flashBackward(
            Tensor gradient, Tensor[] qkv, Tensor[] saved, @Nullable Tensor mask, double scale) {
        return Ops.FLASH_BACKWARD.call(
                gradient, qkv[0], qkv[1], qkv[2], saved[0], saved[1], 0.0, mask == null, mask, scale);
    }

    /**
     * One AdamW update of many tensors in one call (Loshchilov and Hutter 2019, algorithm 2).
     *
     * @param lists parameters, gradients, first moments, second moments, and one fp32 step count each, already
     *     incremented; all lists of the same length
     * @param rates learning rate, β₁, β₂, weight decay, ε
     */
    public static void fusedAdamW(List<List<Tensor>> lists, double[] rates) {
        Ops.FUSED_ADAMW.call(
                lists.get(0),
                lists.get(1),
                lists.get(2),
                lists.get(3),
                List.of(),
                lists.get(4),
                rates[0],
                rates[1],
                rates[2],
                rates[3],
                rates[4],
                false,
                false,
                null,
                null);
    }

    /** Euclidean norms of many tensors, one scalar tensor each. */
    public static Tensor[] norms(List<Tensor> tensors) {
        Tensor[] norms = new Tensor[tensors.size()];
        for (int i = 0; i < norms.length; i++) {
            norms[i] = torch.linalg_vector_norm(tensors.get(i));
        }
        return norms;
    }

    private static TensorOptions options(DType dtype, Device device) {
        TensorOptions options = new TensorOptions(dtype.scalarType());
        return device.isCuda() ? options.device(new org.bytedeco.pytorch.DeviceOptional(device.toNative())) : options;
    }
}
