package io.covey.coordinator.store;

import java.sql.SQLException;
import java.util.Properties;
import org.jdbi.v3.core.Handle;

/** What differs between the databases that serve; everything else is one set of SQL. */
sealed interface Engine permits H2Engine, PostgresEngine {

  static Engine of(DatabaseSettings settings) {
    return settings.url().startsWith(DatabaseSettings.POSTGRESQL)
        ? new PostgresEngine(settings)
        : new H2Engine(settings);
  }

  /** The URL that the driver is given. */
  String jdbcUrl();

  /** User, password and the driver's own settings. */
  Properties driverProperties();

  /** What a person calls this database, without secrets. */
  String name();

  /**
   * Makes this process the database's only coordinator until {@link #release}, and renews that
   * where it was lost. Cheap when all is well.
   *
   * @return whether it was not so before
   * @throws SQLException when another one is, or when the database cannot be reached
   */
  boolean claim() throws SQLException;

  /** Runs behind every transaction that wrote, before its caller hears of success. */
  void afterCommit(Handle handle);

  /** Runs last, when no other connection is left. */
  void release();

  /** For people: what is wrong and what to do. */
  String explain(SQLException failure);
}
