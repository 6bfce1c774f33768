package io.covey.coordinator.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.flywaydb.core.api.FlywayException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jspecify.annotations.Nullable;

/**
 * The coordinator's database: a small pool over H2 or PostgreSQL, migrated to this version's schema
 * when it is opened, and used by one coordinator at a time.
 *
 * <p>Thread rule: may be called from any thread; calls block, for a bounded time.
 */
public final class Database implements AutoCloseable {
  private static final int POOL_SIZE = 4;
  private static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(15);
  private static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(30);
  private static final String UNIQUE_VIOLATION = "23505";

  /** Work on an open connection. */
  @FunctionalInterface
  interface Work<T> {
    T with(Handle handle);
  }

  private final Engine engine;
  private final HikariDataSource pool;
  private final Jdbi jdbi;

  private Database(Engine engine, HikariDataSource pool) {
    this.engine = engine;
    this.pool = pool;
    this.jdbi = Jdbi.create(pool);
    jdbi.getConfig(SqlStatements.class).setQueryTimeout((int) STATEMENT_TIMEOUT.toSeconds());
  }

  /**
   * Opens the database, and makes or updates its tables.
   *
   * @throws UncheckedIOException when another coordinator uses it, when it cannot be reached, or
   *     when it belongs to something else or to a newer version
   */
  public static Database open(DatabaseSettings settings) {
    Engine engine = Engine.of(settings);
    HikariDataSource pool = null;
    boolean opened = false;
    try {
      engine.claim();
      pool = new HikariDataSource(poolOf(engine));
      Schema.migrate(pool, engine.name());
      opened = true;
      return new Database(engine, pool);
    } catch (SQLException | FlywayException | HikariPool.PoolInitializationException e) {
      throw failure(engine, e);
    } finally {
      if (!opened) {
        closePool(pool);
        engine.release();
      }
    }
  }

  private static HikariConfig poolOf(Engine engine) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("covey-database");
    config.setJdbcUrl(engine.jdbcUrl());
    config.setDataSourceProperties(engine.driverProperties());
    config.setMaximumPoolSize(POOL_SIZE);
    config.setConnectionTimeout(CONNECTION_TIMEOUT.toMillis());
    return config;
  }

  /** Runs {@code work} in a transaction that only reads. */
  <T> T read(Work<T> work) {
    try {
      return jdbi.inTransaction(work::with);
    } catch (IllegalArgumentException e) {
      throw new UncheckedIOException(
          "the database "
              + engine.name()
              + " holds a value that this version does not understand: "
              + e.getMessage(),
          new IOException(e));
    } catch (RuntimeException e) {
      throw translated(e);
    }
  }

  /**
   * Runs {@code work} in one transaction; when this returns, its effect survives a crash.
   *
   * @throws IllegalStateException when a row of that key is already there
   */
  <T> T write(Work<T> work) {
    try {
      renewClaim();
      try (Handle handle = jdbi.open()) {
        T result = handle.inTransaction(work::with);
        engine.afterCommit(handle);
        return result;
      }
    } catch (SQLException e) {
      throw failure(engine, e);
    } catch (RuntimeException e) {
      throw translated(e);
    }
  }

  /** {@link #write} without an answer. */
  void run(Consumer<Handle> work) {
    write(
        handle -> {
          work.accept(handle);
          return true;
        });
  }

  /** Empty when the database can be used; otherwise why not, for people. */
  public Optional<String> obstacle() {
    try {
      renewClaim();
      jdbi.useHandle(handle -> handle.execute("SELECT 1"));
      return Optional.empty();
    } catch (SQLException e) {
      return Optional.of(engine.explain(e));
    } catch (RuntimeException e) {
      return Optional.of(String.valueOf(translated(e).getMessage()));
    }
  }

  /** A claim that was lost went with the connections; those in the pool are dead too. */
  private void renewClaim() throws SQLException {
    if (pool.isClosed()) {
      throw new SQLException("it is closed");
    }
    if (engine.claim()) {
      pool.getHikariPoolMXBean().softEvictConnections();
    }
  }

  @Override
  public void close() {
    if (!pool.isClosed()) {
      pool.close();
      engine.release();
    }
  }

  private RuntimeException translated(RuntimeException failure) {
    SQLException cause = sqlCause(failure);
    if (cause == null) {
      return failure;
    }
    return UNIQUE_VIOLATION.equals(cause.getSQLState())
        ? new IllegalStateException("it is already there: " + cause.getMessage(), failure)
        : failure(engine, failure);
  }

  private static UncheckedIOException failure(Engine engine, Exception failure) {
    SQLException cause = sqlCause(failure);
    String message = cause == null ? failure.getMessage() : engine.explain(cause);
    return new UncheckedIOException(message, new IOException(failure));
  }

  private static @Nullable SQLException sqlCause(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof SQLException sql) {
        return sql;
      }
    }
    return null;
  }

  private static void closePool(@Nullable HikariDataSource pool) {
    if (pool != null) {
      pool.close();
    }
  }
}
