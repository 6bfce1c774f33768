package io.covey.coordinator.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiConsumer;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** How values become columns and rows, in the same way on every engine. */
final class Rows {
  private Rows() {}

  /** Timestamps keep microseconds, as PostgreSQL does. */
  static OffsetDateTime timestamp(Instant instant) {
    return instant.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
  }

  static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  static Optional<Instant> optionalInstant(ResultSet row, String column) throws SQLException {
    return Optional.ofNullable(row.getObject(column, OffsetDateTime.class))
        .map(OffsetDateTime::toInstant);
  }

  static OptionalInt optionalInt(ResultSet row, String column) throws SQLException {
    int value = row.getInt(column);
    return row.wasNull() ? OptionalInt.empty() : OptionalInt.of(value);
  }

  /**
   * Inserts or replaces each item in two batches: an UPDATE by key, then an INSERT of those that
   * the UPDATE did not find. Plain SQL, because MERGE and ON CONFLICT differ between the engines.
   * The caller's transaction and the coordinator's sole use of the database make it atomic.
   *
   * @param bind gives a statement all of an item's named values
   */
  static <T> void upsert(
      Handle handle,
      Collection<T> items,
      String update,
      String insert,
      BiConsumer<PreparedBatch, T> bind) {
    if (items.isEmpty()) {
      return;
    }
    List<T> all = List.copyOf(items);
    int[] updated = execute(handle, update, all, bind);
    List<T> fresh = new ArrayList<>();
    for (int i = 0; i < updated.length; i++) {
      if (updated[i] == 0) {
        fresh.add(all.get(i));
      }
    }
    execute(handle, insert, fresh, bind);
  }

  private static <T> int[] execute(
      Handle handle, String sql, List<T> items, BiConsumer<PreparedBatch, T> bind) {
    if (items.isEmpty()) {
      return new int[0];
    }
    try (PreparedBatch batch = handle.prepareBatch(sql)) {
      for (T item : items) {
        bind.accept(batch, item);
        batch.add();
      }
      return batch.execute();
    }
  }
}
