package io.covey.coordinator.store;

import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The databases on which the same tests run. */
enum TestedDatabase {
  H2_IN_MEMORY {
    @Override
    DatabaseSettings fresh(Path directory) {
      return DatabaseSettings.inMemory();
    }
  },
  H2_FILE {
    @Override
    DatabaseSettings fresh(Path directory) {
      return DatabaseSettings.h2File(directory.resolve("coordinator"));
    }
  },
  POSTGRESQL {
    @Override
    DatabaseSettings fresh(Path directory) {
      return postgres().newDatabase();
    }
  };

  /** A database that nothing has used yet. */
  abstract DatabaseSettings fresh(Path directory);

  /** Skips the test where there is no server, unless the environment says that there must be. */
  static PostgresServer postgres() {
    if (PostgresServer.shared().isEmpty()) {
      String reason = "no PostgreSQL server is installed: its tests are skipped";
      if (System.getenv("TESTS_REQUIRE_POSTGRESQL") != null) {
        throw new IllegalStateException(reason);
      }
      Assumptions.abort(reason);
    }
    return PostgresServer.shared().orElseThrow();
  }
}
