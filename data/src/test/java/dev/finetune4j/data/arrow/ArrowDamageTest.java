package dev.finetune4j.data.arrow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.core.error.FineTuneException;
import dev.finetune4j.data.Golden;
import dev.finetune4j.data.dataset.Cursor;
import dev.finetune4j.data.source.Row;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged files end in a message: never a crash, an endless loop or an allocation that the file's size does not justify. */
class ArrowDamageTest {
    @TempDir
    Path folder;

    private int number;

    /** @return whether the file was read to its end */
    private boolean survives(byte[] content) throws IOException {
        // A mapped file cannot be written again, so each attempt has a name of its own.
        Path file = Files.write(folder.resolve("f" + number++ + ".arrow"), content);
        try (Cursor<Row> rows = new ArrowReader().open(file, "set")) {
            for (int i = 0; i < 1000 && rows.hasNext(); i++) {
                rows.next();
            }
            return true;
        } catch (FineTuneException e) {
            assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
            return false;
        } finally {
            Files.delete(file);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"types/data-00000-of-00002.arrow", "random_access.arrow", "stream.arrow"})
    @Timeout(60)
    void mutatedFilesAreReadOrRefused(String name) throws IOException {
        byte[] whole = Files.readAllBytes(Golden.path("golden/arrow/" + name));
        Random random = new Random(17);
        int refused = 0;
        for (int i = 0; i < 3000; i++) {
            byte[] copy = whole.clone();
            int edits = 1 + random.nextInt(4);
            for (int j = 0; j < edits; j++) {
                mutate(copy, random);
            }
            refused += survives(copy) ? 0 : 1;
        }
        assertTrue(refused > 300, "only " + refused + " of 3000 mutations were noticed");
    }

    private static void mutate(byte[] copy, Random random) {
        int place = random.nextInt(copy.length - Long.BYTES);
        ByteBuffer bytes = ByteBuffer.wrap(copy).order(ByteOrder.LITTLE_ENDIAN);
        switch (random.nextInt(4)) {
            case 0 -> copy[place] = (byte) random.nextInt();
            case 1 -> copy[place] ^= (byte) (1 << random.nextInt(8));
            case 2 -> bytes.putInt(place & ~3, random.nextBoolean() ? Integer.MAX_VALUE : random.nextInt());
            default -> bytes.putLong(place & ~7, random.nextBoolean() ? Long.MAX_VALUE : random.nextLong());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"types/data-00000-of-00002.arrow", "random_access.arrow"})
    @Timeout(60)
    void cutFilesAreNoticed(String name) throws IOException {
        byte[] whole = Files.readAllBytes(Golden.path("golden/arrow/" + name));
        int survived = 0;
        for (int length = 0; length < whole.length; length += 7) {
            survived += survives(Arrays.copyOf(whole, length)) ? 1 : 0;
        }
        // Without the end mark, a cut between two batches cannot be told from the end.
        assertTrue(survived < whole.length / 7 / 2, survived + " cuts were not noticed");
    }

    @Test
    void emptyAndForeignFilesAreNamed() throws IOException {
        assertEquals(false, survives(new byte[0]));
        assertEquals(false, survives("{\"text\": 1}\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
        assertEquals(false, survives(new byte[100]));
    }

    @Test
    void aBrokenFolderNamesTheFile() throws IOException {
        Files.writeString(folder.resolve("state.json"), "{\n\"_data_files\": [}");
        assertEquals(
                folder.resolve("state.json") + ":2",
                assertThrows(DataException.class, () -> ArrowTable.open(folder)).where());
        Files.writeString(folder.resolve("state.json"), "{\"_data_files\": [{\"filename\": \"../secret.arrow\"}]}");
        assertTrue(assertThrows(DataException.class, () -> ArrowTable.open(folder))
                .getMessage()
                .contains("../secret.arrow"));
        Files.writeString(folder.resolve("state.json"), "{\"_data_files\": [{\"filename\": \"gone.arrow\"}]}");
        assertTrue(assertThrows(DataException.class, () -> ArrowTable.open(folder))
                .getMessage()
                .contains(folder.resolve("gone.arrow").toAbsolutePath().toString()));
        Files.delete(folder.resolve("state.json"));
        assertTrue(assertThrows(DataException.class, () -> ArrowTable.open(folder))
                .getMessage()
                .contains("save_to_disk"));
    }
}
