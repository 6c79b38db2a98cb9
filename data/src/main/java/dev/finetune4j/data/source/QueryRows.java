package dev.finetune4j.data.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.dataset.LookaheadCursor;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a database query, fetched as they are asked for. Each pass runs the query again, so the query should say its order.
 * Column labels are the keys, as the database spells them. Values become those of JSON; columns of type JSON are parsed.
 */
public final class QueryRows {
    private static final int FETCHED_AT_ONCE = 1000;
    private static final Set<String> JSON_TYPES = Set.of("json", "jsonb");

    private QueryRows() {}

    /**
     * @param sql without parameters
     * @param dataset name for the provenance of the rows
     */
    public static Dataset<Row> of(DataSource source, String sql, String dataset) {
        return Dataset.from(() -> new Rows(source, sql, dataset), OptionalLong.empty());
    }

    private static final class Rows extends LookaheadCursor<Row> {
        private final String dataset;
        private final Connection connection;
        private final boolean autoCommit;
        private final ResultSet results;
        private final ResultSetMetaData columns;
        private long row;
        private boolean closed;

        Rows(DataSource source, String sql, String dataset) {
            this.dataset = dataset;
            Connection opened = null;
            try {
                opened = source.getConnection();
                this.autoCommit = opened.getAutoCommit();
                // Some drivers fetch in portions only inside a transaction.
                opened.setAutoCommit(false);
                PreparedStatement statement =
                        opened.prepareStatement(sql, ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY);
                statement.setFetchSize(portion(opened));
                this.results = statement.executeQuery();
                this.columns = results.getMetaData();
                this.connection = opened;
            } catch (SQLException e) {
                DataException failure = failure("The query cannot be run", e);
                close(opened, failure);
                throw failure;
            }
        }

        /** MySQL's drivers read the whole result unless they are asked for this number. */
        private static int portion(Connection connection) throws SQLException {
            String product = connection.getMetaData().getDatabaseProductName().toLowerCase(Locale.ROOT);
            return product.contains("mysql") || product.contains("mariadb") ? Integer.MIN_VALUE : FETCHED_AT_ONCE;
        }

        private static void close(@Nullable Connection opened, DataException failure) {
            try {
                if (opened != null) {
                    opened.close();
                }
            } catch (SQLException e) {
                failure.addSuppressed(e);
            }
        }

        @Override
        protected @Nullable Row advance() {
            try {
                if (!results.next()) {
                    return null;
                }
                Map<String, @Nullable Object> values = new LinkedHashMap<>();
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    values.put(columns.getColumnLabel(i), value(i));
                }
                return new Row(values, Provenance.inMemory(dataset, row++));
            } catch (SQLException e) {
                throw failure("Row " + row + " of the query cannot be read", e);
            }
        }

        private @Nullable Object value(int column) throws SQLException {
            Object value = plain(results.getObject(column));
            String type = String.valueOf(columns.getColumnTypeName(column)).toLowerCase(Locale.ROOT);
            if (value == null || !JSON_TYPES.contains(type)) {
                return value;
            }
            String text = value instanceof byte[] bytes
                    ? new String(bytes, java.nio.charset.StandardCharsets.UTF_8)
                    : value.toString();
            try {
                return PythonJson.parse(text);
            } catch (JsonProcessingException e) {
                throw new DataException(
                        dataset + " row " + row,
                        "Column \"" + columns.getColumnLabel(column) + "\" holds no JSON: " + e.getOriginalMessage()
                                + ".",
                        e);
            }
        }

        private DataException failure(String what, SQLException e) {
            return new DataException("data set \"" + dataset + "\"", what + ": " + e.getMessage() + ".", e);
        }

        @Override
        public void close() {
            if (closed) {
                return;
            }
            closed = true;
            try (connection) {
                results.close();
                connection.rollback();
                connection.setAutoCommit(autoCommit);
            } catch (SQLException e) {
                throw failure("The connection cannot be closed", e);
            }
        }
    }

    private static @Nullable Object plain(@Nullable Object value) throws SQLException {
        if (value == null || value instanceof String || value instanceof Boolean || value instanceof byte[]) {
            return value;
        }
        if (value instanceof Number number) {
            return number(number);
        }
        if (value instanceof Clob clob) {
            return clob.getSubString(1, Math.toIntExact(clob.length()));
        }
        if (value instanceof Blob blob) {
            return blob.getBytes(1, Math.toIntExact(blob.length()));
        }
        if (value instanceof SQLXML xml) {
            return xml.getString();
        }
        if (value instanceof Array array) {
            return list((Object[]) array.getArray());
        }
        return value instanceof Object[] array ? list(array) : moment(value);
    }

    private static List<@Nullable Object> list(Object[] array) throws SQLException {
        List<@Nullable Object> list = new ArrayList<>();
        for (Object element : array) {
            list.add(plain(element));
        }
        return list;
    }

    /** As JSON readers have them: whole numbers as small as they fit, all others doubles. */
    private static Object number(Number number) {
        if (number instanceof Double || number instanceof Float) {
            return number.doubleValue();
        }
        BigDecimal exact = number instanceof BigDecimal decimal ? decimal : new BigDecimal(number.toString());
        if (exact.scale() > 0) {
            return exact.doubleValue();
        }
        BigInteger whole = exact.toBigInteger();
        if (whole.bitLength() < Integer.SIZE) {
            return whole.intValue();
        }
        return whole.bitLength() < Long.SIZE ? (Object) whole.longValue() : whole;
    }

    /** Dates and times as ISO 8601; whatever else a driver has says itself what it is. */
    private static String moment(Object value) {
        if (value instanceof Timestamp stamp) {
            return DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(stamp.toLocalDateTime());
        }
        if (value instanceof Date date) {
            return date.toLocalDate().toString();
        }
        if (value instanceof Time time) {
            return DateTimeFormatter.ISO_LOCAL_TIME.format(time.toLocalTime());
        }
        return value.toString();
    }
}
