package io.covey.coordinator.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.coordinator.registry.ModelRecord;
import io.covey.coordinator.registry.ModelTask;
import io.covey.coordinator.registry.PlainModel;
import io.covey.coordinator.round.AggregationPlan;
import io.covey.coordinator.round.FailureReason;
import io.covey.coordinator.round.RoundRecord;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.coordinator.training.TrainingJob;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.settings.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

/** How a database is opened, lost and found again, and what a person reads when it is not. */
class DatabaseTest {
  /** As it was written before secure aggregation. */
  private static final String FIRST_SCHEMAS_PLAN =
      "{\"cohortSize\":%d,\"minimumReports\":%d,"
          + "\"training\":{\"epochs\":5,\"batchSize\":20,\"learningRate\":0.1,\"proximalMu\":0.0},"
          + "\"valueBits\":12,\"clipNorm\":4.0,\"maximumWeight\":512,\"maximumLoss\":16.0,"
          + "\"optimization\":{\"algorithm\":\"FED_AVG\",\"learningRate\":1.0,\"momentum\":0.0,"
          + "\"secondMoment\":0.0,\"adaptivity\":0.001},"
          + "\"selectionPeriod\":\"PT30S\",\"reportingPeriod\":\"PT1M\"}";

  @TempDir Path directory;

  private static Optional<Secret> secret(String text) {
    return Optional.of(Secret.copyOf(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static void assertRefused(DatabaseSettings settings, String... words) {
    assertThatThrownBy(() -> Database.open(settings).close())
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith("the database ")
        .hasMessageContainingAll(words);
  }

  private static void change(DatabaseSettings settings, String sql) {
    try (Database database = Database.open(settings)) {
      database.run((Handle handle) -> handle.execute(sql));
    }
  }

  @Nested
  @ParameterizedClass
  @EnumSource(mode = Mode.EXCLUDE, names = "H2_IN_MEMORY")
  class OnDisk {
    private final TestedDatabase tested;

    OnDisk(TestedDatabase tested) {
      this.tested = tested;
    }

    @Test
    void recordsAreThereAfterTheNextStart() {
      DatabaseSettings settings = tested.fresh(directory);
      try (Database database = Database.open(settings)) {
        new JdbiModelStore(database)
            .addModel(Records.model(Records.DIGITS), Records.version(Records.DIGITS, 1));
      }
      try (Database database = Database.open(settings)) {
        assertThat(new JdbiModelStore(database).newest(Records.DIGITS))
            .contains(Records.version(Records.DIGITS, 1));
      }
    }

    @ParameterizedTest
    @CsvSource({
      "2, 1, 4, 3",
      "8, 4, 8, 4",
      "100, 51, 100, 51",
      "150, 75, 150, 100",
      "150, 149, 150, 149"
    })
    void trainingsOfTheFirstSchemaAreReadByThisVersion(
        int cohort, int minimum, int newCohort, int newMinimum) {
      DatabaseSettings settings = tested.fresh(directory);
      fillAsTheFirstSchema(settings, FIRST_SCHEMAS_PLAN.formatted(cohort, minimum));
      try (Database database = Database.open(settings)) {
        TrainingJob job = new JdbiJobStore(database).job(Records.DIGITS).orElseThrow();
        TrainingPlan standard = TrainingPlan.standard();
        assertThat(job.plan().aggregation()).isEqualTo(AggregationPlan.standard());
        assertThat(job.plan().cohortSize()).isEqualTo(newCohort);
        assertThat(job.plan().minimumReports()).isEqualTo(newMinimum);
        assertThat(job.plan().training()).isEqualTo(standard.training());
        assertThat(job.plan().optimization()).isEqualTo(standard.optimization());
        assertThat(job.plan().reportingPeriod()).isEqualTo(Duration.ofMinutes(1));
        assertThat(job.plan().privacy()).isEmpty();
        assertThat(job.roundsCommitted()).isEqualTo(3);
      }
      // And what it is now stays so.
      try (Database database = Database.open(settings)) {
        assertThat(new JdbiJobStore(database).jobs()).hasSize(1);
      }
    }

    @Test
    void roundsOfTheFirstSchemaAreReadByThisVersion() {
      DatabaseSettings settings = tested.fresh(directory);
      fillAsTheFirstSchema(settings, FIRST_SCHEMAS_PLAN.formatted(8, 4));
      try (Database database = Database.open(settings)) {
        RoundRecord round = new JdbiRoundStore(database).rounds(Records.DIGITS, 2, 1).get(0);
        assertThat(round.dropped().values()).containsExactlyInAnyOrder(1, 2, 3);
        // Whatever was reported had no noise.
        assertThat(new JdbiPrivacyStore(database).account(Records.DIGITS).roundsWithoutNoise())
            .isEqualTo(1);
      }
    }

    @Test
    void tasksWithoutASelfTestAreReadByThisVersion() throws IOException {
      DatabaseSettings settings = tested.fresh(directory);
      ModelTask task = Records.task();
      PlainModel plain = new PlainModel(Sha256.of(new byte[] {1}), task, Optional.empty());
      try (Database database = Database.open(settings)) {
        new JdbiModelStore(database)
            .addModel(
                new ModelRecord(Records.DIGITS, "", Records.NOW, Optional.of(plain)),
                Records.version(Records.DIGITS, 1));
      }
      String selfTest = ",\"selfTest\":" + StoredJson.write(task.serving().selfTest());
      String before = StoredJson.write(task).replace(selfTest, "");
      assertThat(before).doesNotContain("selfTest").contains("minimumAgreement\\\":");
      change(settings, "UPDATE plain_model SET task = '" + before + "'");
      try (InputStream sql =
          Objects.requireNonNull(
              Database.class.getResourceAsStream("migration/V8__self_test_of_plain_models.sql"))) {
        change(settings, new String(sql.readAllBytes(), StandardCharsets.UTF_8));
      }
      try (Database database = Database.open(settings)) {
        assertThat(new JdbiModelStore(database).model(Records.DIGITS))
            .get()
            .extracting(ModelRecord::plain)
            .isEqualTo(Optional.of(plain));
      }
    }

    private void fillAsTheFirstSchema(DatabaseSettings settings, String plan) {
      try (Database database = Database.open(settings)) {
        new JdbiModelStore(database)
            .addModel(Records.model(Records.DIGITS), Records.version(Records.DIGITS, 1));
        new JdbiRoundStore(database).save(Records.failed(1, FailureReason.NOT_ENOUGH_REPORTS));
        new JdbiJobStore(database)
            .save(
                new TrainingJob(
                    Records.DIGITS,
                    TrainingPlan.standard(),
                    20,
                    3,
                    1,
                    TrainingJob.State.RUNNING,
                    "",
                    Records.NOW));
      }
      change(settings, "UPDATE training_job SET plan = '" + plan + "'");
      change(
          settings,
          "UPDATE training_round SET dropped ="
              + " '{\"DEADLINE\":1,\"OUT_OF_RANGE\":2,\"IN_FLIGHT_LIMIT\":3}'");
      change(settings, "UPDATE training_round SET reported = 3");
      change(settings, "DROP TABLE model_audience");
      change(settings, "DROP TABLE model_release");
      change(settings, "DROP TABLE release_document");
      change(settings, "DROP TABLE sealed_artifact");
      change(settings, "DROP TABLE content_key");
      change(settings, "DROP TABLE fleet_epoch");
      change(settings, "DROP TABLE fleet_member");
      change(settings, "ALTER TABLE model_version DROP COLUMN sealed_files");
      change(settings, "DROP TABLE privacy_cost");
      change(settings, "DROP TABLE model_privacy");
      change(settings, "ALTER TABLE model DROP COLUMN evaluation_label_kind");
      change(settings, "DROP TABLE plain_model");
      change(settings, "ALTER TABLE model_version DROP COLUMN released");
      change(settings, "ALTER TABLE model_version DROP COLUMN serving_report");
      change(settings, "DELETE FROM \"flyway_schema_history\" WHERE \"version\" <> '1'");
    }

    @Test
    void aSchemaOfANewerVersionIsRefused() {
      DatabaseSettings settings = tested.fresh(directory);
      change(
          settings,
          "INSERT INTO \"flyway_schema_history\" (\"installed_rank\", \"version\","
              + " \"description\", \"type\", \"script\", \"checksum\", \"installed_by\","
              + " \"execution_time\", \"success\") VALUES (99, '99', 'the future', 'SQL',"
              + " 'V99__the_future.sql', 1, 'covey', 1, TRUE)");
      assertRefused(settings, "newer Covey", "99");
    }

    @Test
    void aSchemaThatWasTamperedWithIsRefused() {
      DatabaseSettings settings = tested.fresh(directory);
      change(
          settings,
          "UPDATE \"flyway_schema_history\" SET \"checksum\" = 1 WHERE \"version\" = '1'");
      assertRefused(settings, "changed by hand");
    }

    @Test
    void aDatabaseOfSomethingElseIsRefusedAndLeftAlone() {
      DatabaseSettings settings = tested.fresh(directory);
      change(settings, "DROP TABLE \"flyway_schema_history\"");
      assertRefused(settings, "something else");
    }

    @Test
    void oneThatIsClosedStaysClosedAndFreeForOthers() {
      DatabaseSettings settings = tested.fresh(directory);
      Database closed = Database.open(settings);
      closed.close();
      assertThat(closed.obstacle().orElseThrow()).contains("closed");
      assertThatThrownBy(() -> new JdbiAgentStore(closed).save(List.of(Records.agent("a", 1))))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("closed");
      Database.open(settings).close();
    }

    @Test
    void aSecondOneInTheSameProcessIsRefused() {
      DatabaseSettings settings = tested.fresh(directory);
      try (Database first = Database.open(settings)) {
        assertRefused(settings, "is in use by another coordinator");
        assertThat(first.obstacle()).isEmpty();
      }
      Database.open(settings).close();
    }

    @Test
    void anInterruptedWriterDoesNotTakeTheDatabaseFromTheOthers() throws Exception {
      try (Database database = Database.open(tested.fresh(directory))) {
        JdbiAgentStore agents = new JdbiAgentStore(database);
        CountDownLatch writing = new CountDownLatch(20);
        AtomicBoolean stop = new AtomicBoolean();
        Thread writer =
            new Thread(
                () -> {
                  try {
                    for (long i = 0; !stop.get(); i++) {
                      agents.save(List.of(Records.agent("writer", i)));
                      writing.countDown();
                    }
                  } catch (UncheckedIOException e) {
                    // Its own write may fail; the others' may not.
                  }
                });
        writer.start();
        assertThat(writing.await(30, TimeUnit.SECONDS)).isTrue();
        writer.interrupt();
        agents.save(List.of(Records.agent("meanwhile", 1)));
        stop.set(true);
        writer.join(30_000);
        assertThat(writer.isAlive()).isFalse();
        agents.save(List.of(Records.agent("other", 1)));
        assertThat(agents.load()).hasSize(3);
        assertThat(database.obstacle()).isEmpty();
      }
    }
  }

  @Test
  void aDamagedFileIsRefusedByName() throws IOException {
    DatabaseSettings settings = DatabaseSettings.h2File(directory.resolve("coordinator"));
    Database.open(settings).close();
    try (RandomAccessFile file =
        new RandomAccessFile(directory.resolve("coordinator.mv.db").toFile(), "rw")) {
      file.write(new byte[(int) file.length()]);
    }
    assertRefused(settings, "coordinator.mv.db", "damaged", "backup");
  }

  @Test
  void aPlaceThatCannotBeWrittenIsRefusedByName() throws IOException {
    Path notADirectory = Files.writeString(directory.resolve("file"), "text");
    assertRefused(
        DatabaseSettings.h2File(notADirectory.resolve("coordinator")),
        "cannot be read or written",
        "file");
  }

  @Test
  void anH2FileOfAnotherUserIsRefused() {
    String url = "jdbc:h2:file:" + directory.resolve("coordinator");
    Database.open(new DatabaseSettings(url, Optional.of("me"), secret("right"))).close();
    assertRefused(
        new DatabaseSettings(url, Optional.of("me"), secret("wrong")), "another user or password");
    Database.open(new DatabaseSettings(url, Optional.of("me"), secret("right"))).close();
  }

  @Test
  void aServerThatIsNotThereIsNamed() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    assertRefused(
        new DatabaseSettings(
            "jdbc:postgresql://127.0.0.1:" + port + "/covey", Optional.empty(), Optional.empty()),
        "cannot be reached",
        Integer.toString(port));
  }

  @Test
  void aWrongPasswordIsSaidAndNotShown() {
    PostgresServer server = TestedDatabase.postgres();
    DatabaseSettings settings =
        new DatabaseSettings(
            server.urlOf("postgres"), Optional.of(PostgresServer.USER), secret("wr0ng"));
    assertThatThrownBy(() -> Database.open(settings))
        .hasMessageContaining("refuses the login")
        .hasMessageNotContaining("wr0ng");
  }

  @Test
  void aMissingDatabaseIsSaid() {
    PostgresServer server = TestedDatabase.postgres();
    assertRefused(
        new DatabaseSettings(
            server.urlOf("nowhere"),
            Optional.of(PostgresServer.USER),
            secret(PostgresServer.PASSWORD)),
        "nowhere",
        "does not exist");
  }

  @Test
  void afterTheServerWasRestartedWritingGoesOn() {
    PostgresServer server = TestedDatabase.postgres();
    DatabaseSettings settings = server.newDatabase();
    try (Database database = Database.open(settings)) {
      JdbiAgentStore agents = new JdbiAgentStore(database);
      agents.save(List.of(Records.agent("one", 1)));
      server.disconnectAll();
      agents.save(List.of(Records.agent("two", 1)));
      assertThat(agents.load()).hasSize(2);
      assertThat(database.obstacle()).isEmpty();
    }
  }

  @Test
  void aCoordinatorThatLostTheDatabaseToAnotherWritesNoMore() {
    PostgresServer server = TestedDatabase.postgres();
    DatabaseSettings settings = server.newDatabase();
    try (Database first = Database.open(settings)) {
      server.disconnectAll();
      try (Database second = Database.open(settings)) {
        assertThat(second.obstacle()).isEmpty();
        assertThat(first.obstacle().orElseThrow()).contains("another coordinator");
        assertThatThrownBy(() -> new JdbiAgentStore(first).save(List.of(Records.agent("one", 1))))
            .isInstanceOf(UncheckedIOException.class)
            .hasMessageContaining("another coordinator");
      }
      new JdbiAgentStore(first).save(List.of(Records.agent("one", 1)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:mysql://db/covey",
        "jdbc:h2:tcp://host/x",
        "jdbc:h2:file:x;INIT=RUNSCRIPT FROM 'y'",
        "jdbc:postgresql://db/covey?password=x",
        "jdbc:postgresql://db/covey?user=a&PASSWORD=x",
        ""
      })
  void aUrlThatIsNotToBeTakenIsRefused(String url) {
    assertThatThrownBy(() -> new DatabaseSettings(url, Optional.empty(), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void settingsDoNotPrintThePassword() {
    assertThat(
            new DatabaseSettings("jdbc:postgresql://db/covey", Optional.of("me"), secret("s3cret"))
                .toString())
        .contains("me")
        .doesNotContain("s3cret");
  }
}
