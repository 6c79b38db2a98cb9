package dev.finetune4j.data.source;

import dev.finetune4j.core.error.DataException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Opens text files as strict UTF-8 without their byte-order mark, and words what can go wrong. */
final class Utf8 {
    private static final char BYTE_ORDER_MARK = '\ufeff';

    private Utf8() {}

    static BufferedReader open(Path file) {
        try {
            BufferedReader reader = new BufferedReader(new InputStreamReader(
                    Files.newInputStream(file),
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .onMalformedInput(CodingErrorAction.REPORT)
                            .onUnmappableCharacter(CodingErrorAction.REPORT)));
            reader.mark(1);
            if (reader.read() != BYTE_ORDER_MARK) {
                reader.reset();
            }
            return reader;
        } catch (IOException e) {
            throw failure(file, 0, e);
        }
    }

    /** @param line last line read whole, 0 where unknown */
    static DataException failure(Path file, int line, IOException cause) {
        String where = line > 0 ? file + ":" + line : file.toString();
        if (cause instanceof NoSuchFileException) {
            return new DataException(where, "There is no such file (looked for " + file.toAbsolutePath() + ").", cause);
        }
        if (cause instanceof CharacterCodingException) {
            return new DataException(
                    where, "The text behind this place is not UTF-8. Save the file as UTF-8 and try again.", cause);
        }
        return new DataException(where, "The file cannot be read: " + cause.getMessage() + ".", cause);
    }
}
