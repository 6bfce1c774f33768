package io.covey.coordinator.store;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.CoreErrorCode;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.exception.FlywayValidateException;

/** The tables, brought to this version's state by the migrations beside this class. */
final class Schema {
  private static final String MIGRATIONS = "classpath:io/covey/coordinator/store/migration";

  private Schema() {}

  /** Throws {@link FlywayException} with a message for people. */
  static void migrate(DataSource source, String name) {
    Flyway flyway =
        Flyway.configure()
            .dataSource(source)
            .locations(MIGRATIONS)
            // Flyway ignores migrations of newer versions by default; their tables are not ours.
            .ignoreMigrationPatterns(new String[0])
            .cleanDisabled(true)
            .load();
    try {
      flyway.migrate();
    } catch (FlywayValidateException e) {
      throw new FlywayException(refusal(flyway, name), e);
    } catch (FlywayException e) {
      if (e.getErrorCode() == CoreErrorCode.NON_EMPTY_SCHEMA_WITHOUT_SCHEMA_HISTORY_TABLE) {
        throw new FlywayException(
            "the database " + name + " holds tables of something else: give Covey one of its own",
            e);
      }
      throw e;
    }
  }

  private static String refusal(Flyway flyway, String name) {
    for (MigrationInfo migration : flyway.info().all()) {
      if (migration.getState().isApplied() && !migration.getState().isResolved()) {
        return "the database "
            + name
            + " was made by a newer Covey (its schema is "
            + migration.getVersion()
            + "): run that version, or restore the backup from before the update";
      }
    }
    return "the database " + name + " was changed by hand: restore it from a backup";
  }
}
