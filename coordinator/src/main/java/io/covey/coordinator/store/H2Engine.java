package io.covey.coordinator.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * H2 in the coordinator's process. H2 itself locks the file against other processes.
 *
 * <p>Durability: H2 writes commits behind the caller's back, half a second later by default. {@code
 * CHECKPOINT SYNC} after each commit writes and forces the file before the caller goes on, and
 * leaves the background thread alone, which reclaims space ({@code WRITE_DELAY=0} would stop it).
 */
final class H2Engine implements Engine {
  private static final Logger log = LoggerFactory.getLogger(H2Engine.class);

  private static final String OPTIONS =
      ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH"
          // Closed by Database.close() alone: H2's own shutdown hook would race with it.
          + ";DB_CLOSE_ON_EXIT=FALSE;DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=10000"
          // Old pages are kept for 45 s by default, for disks that write late; ours is forced to.
          + ";RETENTION_TIME=5000"
          // What goes wrong is told here and not in a file beside the database.
          + ";TRACE_LEVEL_FILE=0;TRACE_LEVEL_SYSTEM_OUT=0";

  /**
   * H2's asynchronous file access: an interrupt of a thread that waits for a plain FileChannel
   * closes the channel, and with it the database for everybody.
   */
  private static final String ASYNC_FILE = DatabaseSettings.H2_FILE + "async:";

  /** Files that this process has open. */
  private static final Set<String> CLAIMED = ConcurrentHashMap.newKeySet();

  private static final int FILE_CORRUPTED = 90030;
  private static final int DATABASE_ALREADY_OPEN = 90020;
  private static final int WRONG_USER_OR_PASSWORD = 28000;
  private static final int UNSUPPORTED_FILE_VERSION = 90048;
  private static final int IO_EXCEPTION = 90028;
  private static final int IO_EXCEPTION_WITH_FILE = 90031;
  private static final int OUT_OF_SPACE = 90100;
  private static final int READ_ONLY = 90097;

  private final DatabaseSettings settings;
  private final boolean file;
  private @Nullable Connection keeper;
  private boolean claimed;

  H2Engine(DatabaseSettings settings) {
    this.settings = settings;
    this.file = settings.url().startsWith(DatabaseSettings.H2_FILE);
  }

  @Override
  public String jdbcUrl() {
    String url = file ? ASYNC_FILE + path() : settings.url();
    return url + OPTIONS;
  }

  @Override
  public Properties driverProperties() {
    Properties properties = new Properties();
    properties.setProperty("user", settings.user().orElse("sa"));
    properties.setProperty("password", settings.revealPassword().orElse(""));
    return properties;
  }

  @Override
  public String name() {
    return file ? path() + ".mv.db" : settings.url();
  }

  @Override
  public synchronized boolean claim() throws SQLException {
    // H2's lock on the file keeps other processes out, but not others in this one.
    if (file && !claimed) {
      if (!CLAIMED.add(path())) {
        throw new SQLException("the file is in use", "", DATABASE_ALREADY_OPEN);
      }
      claimed = true;
    }
    // H2 holds the file's lock as long as the database is open.
    if (keeper != null && !keeper.isClosed()) {
      return false;
    }
    keeper = DriverManager.getConnection(jdbcUrl(), driverProperties());
    return true;
  }

  @Override
  public void afterCommit(Handle handle) {
    if (file) {
      handle.execute("CHECKPOINT SYNC");
    }
  }

  @Override
  public synchronized void release() {
    if (keeper != null) {
      shutDown(keeper);
      keeper = null;
    }
    if (claimed) {
      CLAIMED.remove(path());
      claimed = false;
    }
  }

  private void shutDown(Connection last) {
    try (Connection connection = last;
        Statement statement = connection.createStatement()) {
      statement.execute("SHUTDOWN");
    } catch (SQLException e) {
      // Everything that was acknowledged is on the disk already.
      log.warn("database {} could not be closed in order: {}", name(), explain(e));
    }
  }

  @Override
  public String explain(SQLException failure) {
    return switch (failure.getErrorCode()) {
      case DATABASE_ALREADY_OPEN ->
          "the database "
              + name()
              + " is in use by another coordinator: stop that, or give this one a data directory of"
              + " its own";
      case FILE_CORRUPTED ->
          "the database "
              + name()
              + " is damaged: restore it from a backup ("
              + cause(failure)
              + ")";
      case UNSUPPORTED_FILE_VERSION ->
          "the database "
              + name()
              + " was written by another version of H2: use the Covey that did";
      case WRONG_USER_OR_PASSWORD ->
          "the database " + name() + " was made with another user or password";
      case IO_EXCEPTION, IO_EXCEPTION_WITH_FILE, OUT_OF_SPACE, READ_ONLY ->
          "the database "
              + name()
              + " cannot be read or written: check the disk's space and the file's permissions ("
              + cause(failure)
              + ")";
      default -> "the database " + name() + " failed: " + failure.getMessage();
    };
  }

  /** H2 takes no relative path that does not say that it is one. */
  private String path() {
    String path = settings.url().substring(DatabaseSettings.H2_FILE.length());
    return path.startsWith("~") ? path : Path.of(path).toAbsolutePath().toString();
  }

  private static String cause(SQLException failure) {
    Throwable cause = failure.getCause();
    return String.valueOf(cause == null ? failure.getMessage() : cause.getMessage());
  }
}
