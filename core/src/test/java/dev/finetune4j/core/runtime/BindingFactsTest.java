package dev.finetune4j.core.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.testing.NoTensorLeak;
import dev.finetune4j.core.testing.Randoms;
import dev.finetune4j.core.testing.Tolerance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the library takes for granted about the binding. A new version of libtorch or JavaCPP is judged by this test. */
@NoTensorLeak
class BindingFactsTest {
    private static final Operator LINEAR = linear();

    @TempDir
    Path folder;

    private static Operator linear() {
        Torch.load();
        return new Operator("mkldnn::_linear_pointwise");
    }

    private static Tensor ones() {
        return Torch.zeros(DType.FLOAT32, Device.CPU, 4).add_(Torch.scalar(1));
    }

    // Lifetimes

    @Test
    void scopesLeaveNoObjectsBehind() {
        long before = Pointer.totalCount();
        for (int i = 0; i < 100; i++) {
            try (PointerScope scope = new PointerScope()) {
                Tensor x = ones();
                x.mul(x).add(x);
            }
        }
        assertEquals(before, Pointer.totalCount());
    }

    @Test
    void callsOutsideAScopeLeaveTheirObjectsToTheCollector() {
        long before = Pointer.totalCount();
        List<Tensor> held = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            held.add(torch.zeros(2));
        }
        assertEquals(before + 10, Pointer.totalCount());
        held.forEach(Tensor::close);
        assertEquals(before, Pointer.totalCount());
    }

    @Test
    void detachReleasesWhatItDetaches() {
        try (PointerScope scope = new PointerScope()) {
            Tensor x = torch.zeros(2);
            scope.detach(x);
            assertTrue(x.isNull());
        }
    }

    @Test
    void attachingToAnOuterScopeMovesATensorThere() {
        Tensor moved;
        try (PointerScope outer = new PointerScope()) {
            try (PointerScope inner = new PointerScope()) {
                moved = torch.zeros(2);
                outer.attach(moved);
            }
            assertEquals(2, moved.numel());
        }
        assertTrue(moved.isNull());
    }

    @Test
    void retainedTensorOutlivesItsScopeAndOneCloseFreesIt() {
        long before = Pointer.totalCount();
        Tensor kept;
        try (PointerScope scope = new PointerScope()) {
            kept = torch.zeros(2);
            kept.retainReference();
        }
        assertEquals(2, kept.numel());
        kept.close();
        assertEquals(before, Pointer.totalCount());
    }

    @Test
    void closingTwiceIsHarmlessAndUseAfterCloseIsAnException() {
        Tensor x = torch.zeros(2);
        x.close();
        x.close();
        assertThrows(NullPointerException.class, () -> x.add(x));
    }

    @Test
    void callsThatReturnReferencesDoNotOwnAndACopyOfTheHandleDoes() {
        try (Scope scope = Scope.open("test")) {
            Tensor x = ones();
            try (TensorVector vector = new TensorVector(x);
                    IValue value = new IValue(x)) {
                assertEquals(-1, vector.get(0).referenceCount());
                assertEquals(-1, value.toTensor().referenceCount());
                Tensor own = new Tensor(vector.get(0));
                assertTrue(own.referenceCount() >= 0);
                assertEquals(x.data_ptr().address(), own.data_ptr().address());
            }
            Tensor leaf = ones().requires_grad_(true);
            leaf.sum().backward();
            assertEquals(-1, leaf.grad().referenceCount());
        }
    }

    @Test
    void inPlaceCallsReturnTheSameJavaObject() {
        try (Scope scope = Scope.open("test")) {
            Tensor x = ones();
            assertSame(x, x.add_(ones()));
            assertSame(x, x.mul_(Torch.scalar(2)));
            assertSame(x, x.requires_grad_(false));
        }
    }

    @Test
    void viewsAreNewObjectsOverTheSameMemory() {
        try (Scope scope = Scope.open("test")) {
            Tensor x = ones();
            Tensor view = x.narrow(0, 0, 4);
            assertNotSame(x, view);
            assertEquals(x.data_ptr().address(), view.data_ptr().address());
        }
    }

    @Test
    void memoryGuardsOfTheBindingAreOffAndOpenBlasHasOneThread() {
        assertEquals(0, Pointer.maxBytes());
        assertEquals(0, Pointer.maxPhysicalBytes());
        assertEquals(1, openblas.blas_get_num_threads());
    }

    // Values

    @Test
    void scalarTypesAreNotComparableUntilInterned() {
        try (Scope scope = Scope.open("test")) {
            Tensor x = ones();
            assertNotSame(ScalarType.Float, x.scalar_type());
            assertSame(ScalarType.Float, x.scalar_type().intern());
            assertEquals(ScalarType.Float.value, x.scalar_type().value);
        }
    }

    @Test
    void sizesGivenAsJavaArraysArriveWhole() {
        try (Scope scope = Scope.open("test")) {
            for (int i = 0; i < 200; i++) {
                long[] sizes = {2, 3, 5, 7};
                assertArrayEquals(sizes, torch.zeros(sizes).shape());
                assertArrayEquals(
                        new long[] {6, 35}, torch.zeros(sizes).view(6, 35).shape());
            }
        }
    }

    @Test
    void conversionToTheSameTypeIsAnAlias() {
        try (Scope scope = Scope.open("test")) {
            Tensor x = ones();
            assertEquals(
                    x.data_ptr().address(), x.to(ScalarType.Float).data_ptr().address());
            assertNotEquals(x.data_ptr().address(), x.clone().data_ptr().address());
        }
    }

    @Test
    void tensorsWithoutElementsHaveNoAddress() {
        try (Scope scope = Scope.open("test")) {
            assertEquals(null, torch.zeros(0).data_ptr());
        }
    }

    @Test
    void seedsOfAGeneratorReproduceAndItsStateResumes() {
        try (Scope scope = Scope.open("test")) {
            Tensor first = draw(torch.make_generator_cpu(7));
            Tolerance.assertSame("same seed", first, draw(torch.make_generator_cpu(7)));
            assertFalse(first.equal(draw(torch.make_generator_cpu(8))));
            Generator generator = torch.make_generator_cpu(7);
            draw(generator);
            Tensor state = generator.get_state();
            Tensor next = draw(generator);
            generator.set_state(state);
            Tolerance.assertSame("restored state", next, draw(generator));
        }
    }

    private static Tensor draw(Generator generator) {
        return Torch.zeros(DType.FLOAT32, Device.CPU, 1000).bernoulli_(0.3, new GeneratorOptional(generator));
    }

    @Test
    void gradientModeBelongsToAThread() {
        try (NoGradGuard guard = new NoGradGuard()) {
            assertFalse(GradMode.is_enabled());
            assertTrue(CompletableFuture.supplyAsync(GradMode::is_enabled).join());
        }
        assertTrue(GradMode.is_enabled());
    }

    // Files

    @Test
    void viewOfAMappedFileSurvivesItsParentAndTheFilesName() throws Exception {
        Path file = folder.resolve("bytes");
        Files.write(file, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        try (Scope scope = Scope.open("test")) {
            Tensor whole = map(file, 8);
            Tensor view = whole.narrow(0, 4, 4);
            whole.close();
            Files.delete(file);
            assertArrayEquals(new long[] {5, 6, 7, 8}, Torch.toLongs(view));
        }
    }

    @Test
    void mappingIsPrivateAndTheFileKeepsItsBytes() throws Exception {
        Path file = folder.resolve("bytes");
        byte[] content = {1, 2, 3, 4};
        Files.write(file, content);
        try (Scope scope = Scope.open("test")) {
            map(file, 4).fill_(Torch.scalar(9));
        }
        assertArrayEquals(content, Files.readAllBytes(file));
    }

    @Test
    void mappingMoreThanTheFileHoldsIsAnException() throws Exception {
        Path file = folder.resolve("bytes");
        Files.write(file, new byte[4]);
        try (Scope scope = Scope.open("test")) {
            assertThrows(RuntimeException.class, () -> map(file, 5000));
        }
    }

    private static Tensor map(Path file, long bytes) {
        return torch.from_file(
                file.toString(), new BoolOptional(false), new LongOptional(bytes), new TensorOptions(ScalarType.Byte));
    }

    @Test
    void viewInAWiderTypeNeedsAnAlignedStart() {
        try (Scope scope = Scope.open("test")) {
            Tensor bytes = Torch.zeros(DType.UINT8, Device.CPU, 16);
            assertEquals(2, bytes.narrow(0, 8, 8).view(ScalarType.Float).numel());
            assertThrows(RuntimeException.class, () -> bytes.narrow(0, 1, 8).view(ScalarType.Float));
        }
    }

    // Operators by name

    @Test
    void oneDnnProductTakesTransposedViewsOfTheWeightAndOfTheInput() {
        try (Scope scope = Scope.open("test")) {
            Randoms random = new Randoms(1);
            Tensor x = random.normal(5, 8);
            Tensor w = random.normal(8, 3);
            Tensor wide = random.normal(8, 5);
            Tolerance.assertClose(
                    "transposed weight",
                    torch.mm(x, w),
                    LINEAR.call(x, w.t(), null, "none", List.of(), "")[0],
                    Tolerance.FORWARD);
            Tolerance.assertClose(
                    "transposed input",
                    torch.mm(wide.t(), w),
                    LINEAR.call(wide.t(), w.t(), null, "none", List.of(), "")[0],
                    Tolerance.FORWARD);
        }
    }

    @Test
    void repeatedProductIsTheSameBitForBit() {
        try (Scope scope = Scope.open("test")) {
            Randoms random = new Randoms(2);
            Tensor x = random.normal(130, 96);
            Tensor w = random.normal(64, 96);
            Tensor first = Torch.product(x, w, null);
            for (int i = 0; i < 10; i++) {
                Tolerance.assertSame("product", first, Torch.product(x, w, null));
            }
        }
    }

    @Test
    void flashOperatorsForCpusHaveForwardAndBackward() {
        try (Scope scope = Scope.open("test")) {
            Randoms random = new Randoms(3);
            Tensor[] qkv = {random.normal(1, 2, 9, 8), random.normal(1, 2, 9, 8), random.normal(1, 2, 9, 8)};
            Tensor[] result = Torch.flash(qkv[0], qkv[1], qkv[2], null, 0.5);
            assertArrayEquals(new long[] {1, 2, 9, 8}, result[0].shape());
            assertEquals(1 * 2 * 9, result[1].numel());
            Tensor[] gradients = Torch.flashBackward(random.normal(1, 2, 9, 8), qkv, result, null, 0.5);
            assertEquals(3, gradients.length);
            for (Tensor gradient : gradients) {
                assertArrayEquals(new long[] {1, 2, 9, 8}, gradient.shape());
            }
        }
    }

    @Test
    void unknownOperatorAndWrongCountOfArgumentsAreExceptions() {
        assertThrows(RuntimeException.class, () -> new Operator("aten::no_such_operator"));
        try (Scope scope = Scope.open("test")) {
            assertThrows(IllegalArgumentException.class, () -> LINEAR.call(ones()));
        }
    }

    @Test
    void operatorCalledOutsideEveryScopeGivesItsResultsToTheCaller() {
        long before = Pointer.totalCount();
        Tensor x;
        Tensor w;
        try (Scope scope = Scope.open("test")) {
            x = Scope.claim(Torch.zeros(DType.FLOAT32, Device.CPU, 2, 4));
            w = Scope.claim(Torch.zeros(DType.FLOAT32, Device.CPU, 3, 4));
        }
        Tensor y = Torch.product(x, w, null);
        assertArrayEquals(new long[] {2, 3}, y.shape());
        List.of(x, w, y).forEach(Tensor::close);
        assertEquals(before, Pointer.totalCount());
    }

    // Failures

    @Test
    void nativeFailureIsAPlainRuntimeExceptionWithATrace() {
        try (Scope scope = Scope.open("test")) {
            RuntimeException failure =
                    assertThrows(RuntimeException.class, () -> torch.zeros(2, 3).mm(torch.zeros(2, 3)));
            assertSame(RuntimeException.class, failure.getClass());
            assertTrue(failure.getMessage().contains("\nException raised from "), failure.getMessage());
        }
    }

    @Test
    void allocationThatCannotBeGrantedSaysHowManyBytesItWas() {
        try (Scope scope = Scope.open("test")) {
            RuntimeException failure =
                    assertThrows(RuntimeException.class, () -> Torch.empty(DType.UINT8, Device.CPU, 1L << 50));
            assertSame(RuntimeException.class, failure.getClass());
            assertTrue(
                    failure.getMessage().contains("tried to allocate " + (1L << 50) + " bytes"), failure.getMessage());
        }
    }
}
