package dev.finetune4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.finetune4j.core.error.DataException;
import dev.finetune4j.data.catalog.Columns;
import dev.finetune4j.data.catalog.DatasetEntry;
import dev.finetune4j.data.catalog.Tags;
import dev.finetune4j.data.dataset.Cursor;
import dev.finetune4j.data.dataset.Dataset;
import dev.finetune4j.data.format.Reading;
import dev.finetune4j.data.source.QueryRows;
import dev.finetune4j.data.source.Row;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

class ReadingsTest {
    private static final DatasetEntry ENTRY = DatasetEntry.inMemory("held", "alpaca", Columns.DEFAULTS, Tags.DEFAULTS);
    private static final Map<String, Object> ONE = Map.of("instruction", "add", "input", "1 2", "output", "3");

    private static List<String> questions(Dataset<Reading> readings) {
        return readings.toList().stream()
                .map(reading -> ((Reading.Accepted) reading)
                        .conversation()
                        .messages()
                        .get(0)
                        .content())
                .toList();
    }

    @Test
    void rowsOfAnIterableComeAnewInEachPass() {
        Dataset<Reading> readings = Readings.ofRows(List.of(ONE, ONE), ENTRY);
        assertEquals(List.of("add\n1 2", "add\n1 2"), questions(readings));
        assertEquals(2, readings.toList().size());
    }

    @Test
    void aStreamGivesItsRowsOnce() {
        Dataset<Reading> readings = Readings.ofStream(Stream.of(ONE), ENTRY);
        assertEquals(List.of("add\n1 2"), questions(readings));
        String second = assertThrows(DataException.class, readings::toList).getMessage();
        assertTrue(second.contains("\"held\"") && second.contains("once"), second);
    }

    @Test
    void rowsOfAQueryAreReadLikeThoseOfAFile() throws SQLException {
        CountingSource source = new CountingSource("questions");
        source.run(
                "create table q (\"instruction\" varchar, \"input\" clob, \"output\" varchar, n int)",
                "insert into q values ('add', '1 2', '3', 1), ('sub', '5 3', '2', 2)");
        Dataset<Reading> readings =
                Readings.ofQuery(source, "select \"instruction\", \"input\", \"output\" from q order by n", ENTRY);
        assertEquals(List.of("add\n1 2", "sub\n5 3"), questions(readings));
        assertEquals(List.of("add\n1 2", "sub\n5 3"), questions(readings));
        try (Cursor<Reading> stopped = readings.iterator()) {
            stopped.next();
        }
        assertEquals(0, source.open.get(), "every connection is given back");
        source.close();
    }

    @Test
    void valuesOfAQueryAreThoseOfJson() throws SQLException {
        CountingSource source = new CountingSource("types");
        source.run(
                "create table t (a int, b bigint, c numeric(20, 0), d numeric(5, 2), e double, f boolean, g varchar array,"
                        + " h timestamp, i date, j varbinary, k json, l varchar, m tinyint, o uuid)",
                "insert into t values (1, 5000000000, 7, 1.25, 0.5, true, array['x', null], timestamp '2024-02-29"
                        + " 01:02:03', date '2024-02-29', X'00ff', json '[{\"from\": \"human\"}]', null, 3,"
                        + " '00000000-0000-0000-0000-000000000001')");
        Row row = QueryRows.of(source, "select * from t", "set").toList().get(0);
        assertEquals(1, row.value("A"));
        assertEquals(5_000_000_000L, row.value("B"));
        assertEquals(7, row.value("C"));
        assertEquals(1.25, row.value("D"));
        assertEquals(0.5, row.value("E"));
        assertEquals(true, row.value("F"));
        assertEquals(java.util.Arrays.asList("x", null), row.value("G"));
        assertEquals("2024-02-29T01:02:03", row.value("H"));
        assertEquals("2024-02-29", row.value("I"));
        assertArrayEquals(new byte[] {0, -1}, (byte[]) row.value("J"));
        assertEquals(List.of(Map.of("from", "human")), row.value("K"));
        assertNull(row.value("L"));
        assertEquals(3, row.value("M"));
        assertEquals("00000000-0000-0000-0000-000000000001", row.value("O"));
        assertEquals("set row 0", row.provenance().toString());
        source.close();
    }

    @Test
    void aWrongQueryNamesTheDataSet() throws SQLException {
        CountingSource source = new CountingSource("wrong");
        Dataset<Reading> readings = Readings.ofQuery(source, "select nothing from nowhere", ENTRY);
        String message = assertThrows(DataException.class, readings::toList).getMessage();
        assertTrue(message.contains("\"held\""), message);
        assertEquals(0, source.open.get());
        source.close();
    }

    /** A database in memory that counts its open connections. */
    private static final class CountingSource implements DataSource {
        private final JdbcDataSource inner = new JdbcDataSource();
        private final AtomicInteger open = new AtomicInteger();
        private final Connection keeper;

        CountingSource(String name) throws SQLException {
            inner.setURL("jdbc:h2:mem:" + name);
            keeper = inner.getConnection();
        }

        void run(String... commands) throws SQLException {
            try (Statement statement = keeper.createStatement()) {
                for (String command : commands) {
                    statement.execute(command);
                }
            }
        }

        void close() throws SQLException {
            keeper.close();
        }

        @Override
        public Connection getConnection() throws SQLException {
            Connection connection = inner.getConnection();
            open.incrementAndGet();
            return (Connection) java.lang.reflect.Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("close")) {
                            open.decrementAndGet();
                        }
                        try {
                            return method.invoke(connection, arguments);
                        } catch (java.lang.reflect.InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }

        @Override
        public Connection getConnection(String user, String password) throws SQLException {
            return getConnection();
        }

        @Override
        public PrintWriter getLogWriter() throws SQLException {
            return inner.getLogWriter();
        }

        @Override
        public void setLogWriter(PrintWriter out) throws SQLException {
            inner.setLogWriter(out);
        }

        @Override
        public void setLoginTimeout(int seconds) throws SQLException {
            inner.setLoginTimeout(seconds);
        }

        @Override
        public int getLoginTimeout() throws SQLException {
            return inner.getLoginTimeout();
        }

        @Override
        public Logger getParentLogger() {
            return Logger.getGlobal();
        }

        @Override
        public <T> T unwrap(Class<T> type) throws SQLException {
            return inner.unwrap(type);
        }

        @Override
        public boolean isWrapperFor(Class<?> type) throws SQLException {
            return inner.isWrapperFor(type);
        }
    }
}
