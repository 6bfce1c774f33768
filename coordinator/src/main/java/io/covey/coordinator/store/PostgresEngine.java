package io.covey.coordinator.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL over the network. A session-level advisory lock on a connection of its own keeps other
 * coordinators out; it ends with the connection, so a coordinator that dies leaves nothing behind.
 */
final class PostgresEngine implements Engine {
  private static final Logger log = LoggerFactory.getLogger(PostgresEngine.class);

  /** The first half of the lock's key: "cove" in ASCII. The second half is the schema's hash. */
  private static final int LOCK_CLASS = 0x636f7665;

  private static final String TRY_LOCK =
      "SELECT pg_try_advisory_lock(" + LOCK_CLASS + ", hashtext(current_schema()))";

  private static final String UNLOCK =
      "SELECT pg_advisory_unlock(" + LOCK_CLASS + ", hashtext(current_schema()))";

  private static final int LIVENESS_SECONDS = 5;
  private static final String LOCK_NOT_AVAILABLE = "55P03";

  private final DatabaseSettings settings;
  private @Nullable Connection lockHolder;

  PostgresEngine(DatabaseSettings settings) {
    this.settings = settings;
  }

  @Override
  public String jdbcUrl() {
    return settings.url();
  }

  @Override
  public Properties driverProperties() {
    Properties properties = new Properties();
    settings.user().ifPresent(user -> properties.setProperty("user", user));
    settings.revealPassword().ifPresent(password -> properties.setProperty("password", password));
    properties.setProperty("ApplicationName", "covey-coordinator");
    properties.setProperty("connectTimeout", "10");
    properties.setProperty("loginTimeout", "15");
    properties.setProperty("socketTimeout", "60");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("reWriteBatchedInserts", "true");
    return properties;
  }

  @Override
  public String name() {
    int options = settings.url().indexOf('?');
    return options < 0 ? settings.url() : settings.url().substring(0, options);
  }

  @Override
  public synchronized boolean claim() throws SQLException {
    if (lockHolder != null && lockHolder.isValid(LIVENESS_SECONDS)) {
      return false;
    }
    dropLock();
    Connection connection = DriverManager.getConnection(jdbcUrl(), driverProperties());
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(TRY_LOCK)) {
      if (!result.next() || !result.getBoolean(1)) {
        throw new SQLException("the advisory lock is taken", LOCK_NOT_AVAILABLE);
      }
      lockHolder = connection;
      return true;
    } finally {
      if (lockHolder != connection) {
        connection.close();
      }
    }
  }

  @Override
  public void afterCommit(Handle handle) {
    // PostgreSQL answers a COMMIT when it is durable (synchronous_commit).
  }

  @Override
  public synchronized void release() {
    dropLock();
  }

  private void dropLock() {
    if (lockHolder != null) {
      // Said before closing: the server ends a session, and its locks, some time after that.
      try (Connection holder = lockHolder;
          Statement statement = holder.createStatement()) {
        statement.execute(UNLOCK);
      } catch (SQLException e) {
        log.debug("closing a dead connection failed: {}", e.getMessage());
      }
      lockHolder = null;
    }
  }

  @Override
  public String explain(SQLException failure) {
    String state = failure.getSQLState() == null ? "" : failure.getSQLState();
    if (state.equals(LOCK_NOT_AVAILABLE)) {
      return "the database "
          + name()
          + " is in use by another coordinator: stop that, or give this one a database of its own";
    }
    if (state.startsWith("08")) {
      return "the database "
          + name()
          + " cannot be reached: check that the server runs and takes connections ("
          + failure.getMessage()
          + ")";
    }
    if (state.startsWith("28")) {
      return "the database " + name() + " refuses the login: check user and password file";
    }
    if (state.equals("3D000")) {
      return "the database " + name() + " does not exist: create it first";
    }
    return "the database " + name() + " failed: " + failure.getMessage();
  }
}
