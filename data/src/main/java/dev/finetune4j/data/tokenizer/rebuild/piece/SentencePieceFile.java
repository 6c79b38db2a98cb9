package dev.finetune4j.data.tokenizer.rebuild.piece;

import dev.finetune4j.core.error.UnsupportedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads the model file of SentencePiece, {@code sentencepiece_model.proto} in the wire format of Protocol Buffers. */
public final class SentencePieceFile {
    private static final int UNIGRAM = 1;
    private static final int BPE = 2;

    private final String where;
    private final List<Piece> pieces = new ArrayList<>();
    private int algorithm = UNIGRAM;
    private boolean suffix;
    private boolean bytes;
    private int unknown;
    private int begin = 1;
    private int end = 2;
    private int padding = -1;
    private byte[] charsmap = new byte[0];
    private boolean prefix = true;
    private boolean squeezes = true;
    private boolean escapes = true;

    private SentencePieceFile(String where) {
        this.where = where;
    }

    /**
     * The model in a file.
     *
     * @param where the file, for messages
     * @throws UnsupportedException if the content is no such model, or one of a kind that has no {@code tokenizer.json}
     */
    public static PieceModel read(String where, byte[] content) {
        SentencePieceFile file = new SentencePieceFile(where);
        try {
            file.model(new ProtoReader(content));
        } catch (IOException e) {
            throw new UnsupportedException(
                    where + ": this is no SentencePiece model (" + e.getMessage()
                            + "). Copy the file from the model again.",
                    e);
        }
        return file.checked();
    }

    private void model(ProtoReader in) throws IOException {
        while (in.next()) {
            switch (in.field()) {
                case 1 -> pieces.add(piece(in.message()));
                case 2 -> trainer(in.message());
                case 3 -> normalizer(in.message());
                default -> in.skip();
            }
        }
    }

    private static Piece piece(ProtoReader in) throws IOException {
        String text = "";
        float score = 0;
        Piece.Kind kind = Piece.Kind.NORMAL;
        while (in.next()) {
            switch (in.field()) {
                case 1 -> text = in.text();
                case 2 -> score = in.real();
                case 3 -> kind = Piece.Kind.of(in.number());
                default -> in.skip();
            }
        }
        return new Piece(text, score, kind);
    }

    private void trainer(ProtoReader in) throws IOException {
        while (in.next()) {
            switch (in.field()) {
                case 3 -> algorithm = (int) in.number();
                case 24 -> suffix = in.flag();
                case 35 -> bytes = in.flag();
                case 40 -> unknown = (int) in.number();
                case 41 -> begin = (int) in.number();
                case 42 -> end = (int) in.number();
                case 43 -> padding = (int) in.number();
                default -> in.skip();
            }
        }
    }

    private void normalizer(ProtoReader in) throws IOException {
        while (in.next()) {
            switch (in.field()) {
                case 2 -> charsmap = in.bytes();
                case 3 -> prefix = in.flag();
                case 4 -> squeezes = in.flag();
                case 5 -> escapes = in.flag();
                default -> in.skip();
            }
        }
    }

    private PieceModel checked() {
        if (pieces.isEmpty()) {
            throw new UnsupportedException(where
                    + ": this is no SentencePiece model, for it holds no pieces. Copy the file from the model again.");
        }
        if (pieces.stream().anyMatch(piece -> !Float.isFinite(piece.score()))) {
            throw new UnsupportedException(
                    where
                            + ": this is no SentencePiece model, for a piece has no finite score. Copy the file from the model again.");
        }
        if (algorithm != UNIGRAM && algorithm != BPE) {
            throw new UnsupportedException(
                    where + ": a SentencePiece model of words or characters has no tokenizer.json. Only byte-pair"
                            + " encodings and unigram models have one.");
        }
        if (suffix || !escapes) {
            throw new UnsupportedException(where + ": the SentencePiece model "
                    + (suffix ? "puts blanks behind words" : "keeps blanks as they are")
                    + ", for which no tokenizer.json can be written.");
        }
        if (unknown < 0 || unknown >= pieces.size()) {
            throw new UnsupportedException(where + ": the SentencePiece model names piece " + unknown
                    + " as the unknown one, but holds " + pieces.size() + ". Copy the file from the model again.");
        }
        return new PieceModel(
                pieces,
                algorithm == BPE,
                bytes,
                new PieceModel.Parts(unknown, known(begin), known(end), known(padding)),
                new PieceModel.Normalization(charsmap, prefix, squeezes));
    }

    private int known(int id) {
        return id < pieces.size() ? id : -1;
    }
}
