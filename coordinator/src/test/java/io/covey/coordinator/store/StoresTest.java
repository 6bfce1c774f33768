package io.covey.coordinator.store;

import static io.covey.coordinator.store.Records.DIGITS;
import static io.covey.coordinator.store.Records.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.coordinator.fleet.AgentRecord;
import io.covey.coordinator.registry.ModelRecord;
import io.covey.coordinator.registry.ModelStore.EvaluationData;
import io.covey.coordinator.registry.SealedVersion;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.release.ReleaseRecord;
import io.covey.coordinator.round.AggregationPlan;
import io.covey.coordinator.round.FailureReason;
import io.covey.coordinator.round.RoundRecord;
import io.covey.coordinator.round.ServerOptimization;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.coordinator.training.TrainingJob;
import io.covey.crypto.release.Audience;
import io.covey.crypto.secagg.AdversaryModel;
import io.covey.models.data.DataFormat.LabelColumn;
import io.covey.models.data.DataFormat.LabelKind;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.GroupName;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.LocalTraining;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class StoresTest {
  private final TestedDatabase tested;
  private Database database;
  private JdbiModelStore models;
  private JdbiRoundStore rounds;
  private JdbiAgentStore agents;
  private JdbiJobStore jobs;
  private JdbiReleaseStore releases;

  StoresTest(TestedDatabase tested) {
    this.tested = tested;
  }

  @BeforeEach
  void open(@TempDir Path directory) {
    database = Database.open(tested.fresh(directory));
    models = new JdbiModelStore(database);
    rounds = new JdbiRoundStore(database);
    agents = new JdbiAgentStore(database);
    jobs = new JdbiJobStore(database);
    releases = new JdbiReleaseStore(database);
  }

  @AfterEach
  void close() {
    // A skipped test has opened nothing.
    if (database != null) {
      database.close();
    }
  }

  private void addDigits() {
    models.addModel(Records.model(DIGITS), Records.version(DIGITS, 1));
  }

  @Test
  void aModelComesBackAsItWasGiven() {
    addDigits();
    ModelRecord other = Records.model(new ModelName("another"));
    models.addModel(other, Records.version(other.name(), 1));

    assertThat(models.models()).containsExactly(other, Records.model(DIGITS));
    assertThat(models.model(DIGITS)).contains(Records.model(DIGITS));
    assertThat(models.model(new ModelName("none"))).isEmpty();
    assertThat(models.newest(DIGITS)).contains(Records.version(DIGITS, 1));
  }

  @Test
  void aNameIsTakenOnlyOnce() {
    addDigits();
    VersionRecord first = Records.version(DIGITS, 1);
    assertThatThrownBy(() -> models.addModel(Records.model(DIGITS), first))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("digits");
    assertThat(models.versions(DIGITS)).hasSize(1);
  }

  @Test
  void aModelIsAddedWithItsFirstVersionOrNotAtAll() {
    VersionRecord version = Records.version(DIGITS, 1);
    VersionRecord impossible =
        new VersionRecord(
            DIGITS,
            version.version(),
            NOW,
            version.round(),
            List.of(version.artifacts().get(0), version.artifacts().get(0)),
            version.optimizerState(),
            version.evaluation());
    assertThatThrownBy(() -> models.addModel(Records.model(DIGITS), impossible))
        .isInstanceOf(IllegalStateException.class);
    assertThat(models.models()).isEmpty();
  }

  @Test
  void sealedFilesComeBackWithTheDifferencesThatLeadToThem() {
    addDigits();
    VersionRecord second = Records.version(DIGITS, 2).with(Records.sealedWithDifference(2));
    models.addVersion(second);
    assertThat(models.newest(DIGITS)).contains(second);
    SealedVersion later = Records.sealedWithDifference(1);
    models.setSealed(DIGITS, new ModelVersion(1), later);
    assertThat(models.version(DIGITS, new ModelVersion(1)))
        .contains(Records.version(DIGITS, 1).with(later));
  }

  @Test
  void versionsFollowOneAnother() {
    addDigits();
    models.addVersion(Records.version(DIGITS, 2));
    models.addVersion(Records.version(DIGITS, 3));

    assertThatThrownBy(() -> models.addVersion(Records.version(DIGITS, 5)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("5");
    assertThatThrownBy(() -> models.addVersion(Records.version(DIGITS, 3)))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> models.addVersion(Records.version(new ModelName("none"), 2)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("none");
    assertThat(models.versions(DIGITS))
        .containsExactly(
            Records.version(DIGITS, 3), Records.version(DIGITS, 2), Records.version(DIGITS, 1));
    assertThat(models.version(DIGITS, new ModelVersion(2))).contains(Records.version(DIGITS, 2));
    assertThat(models.version(DIGITS, new ModelVersion(4))).isEmpty();
    assertThat(models.newest(DIGITS)).contains(Records.version(DIGITS, 3));
  }

  @Test
  void countersRiseAlsoWhenTheLastOnesWereLost() {
    addDigits();
    models.addVersion(Records.version(DIGITS, 2));
    long lost = releases.newest().get(0).counter();
    database.run(
        handle -> {
          for (String table : List.of("model_release", "version_artifact", "model_version")) {
            handle.execute("DELETE FROM " + table + " WHERE version = 2");
          }
        });

    VersionRecord again = Records.madeAt(Records.version(DIGITS, 2), NOW.plusSeconds(3600));
    models.addVersion(again);
    assertThat(releases.newest().get(0).counter()).isGreaterThan(lost);
  }

  @Test
  void theNewestReleaseIsReleasedOnceMoreUnderAHigherCounter() {
    addDigits();
    models.addVersion(Records.version(DIGITS, 2));
    List<ReleaseRecord> before = releases.releases(DIGITS);
    ReleaseRecord again =
        releases.releaseAgain(DIGITS, new ModelVersion(2), NOW.minusSeconds(1)).orElseThrow();
    assertThat(again.counter()).isEqualTo(before.get(0).counter() + 1);
    assertThat(releases.releases(DIGITS)).containsExactly(again, before.get(1));

    Instant later = NOW.plusSeconds(3600);
    assertThat(releases.releaseAgain(DIGITS, new ModelVersion(2), later).orElseThrow().counter())
        .isEqualTo(later.toEpochMilli());
    assertThat(releases.releaseAgain(DIGITS, new ModelVersion(1), later)).isEmpty();
    assertThat(releases.releases(DIGITS)).hasSize(2);
  }

  @Test
  void anAudienceComesBackAsItWasGiven() {
    addDigits();
    assertThat(releases.audience(DIGITS)).isEqualTo(Audience.ALL);
    Audience some =
        new Audience(
            new TreeSet<>(List.of("board-a", "board-b")),
            new TreeSet<>(List.of(new GroupName("west"))),
            new TreeSet<>(List.of(new AgentId("kitchen"))));
    releases.setAudience(DIGITS, some);
    assertThat(releases.audience(DIGITS)).isEqualTo(some);
    releases.setAudience(DIGITS, Audience.ALL);
    assertThat(releases.audience(DIGITS)).isEqualTo(Audience.ALL);
  }

  @Test
  void countersRiseAlsoWhenTheClockDoesNot() {
    addDigits();
    models.addVersion(Records.madeAt(Records.version(DIGITS, 2), NOW.minusSeconds(86_400)));
    models.addVersion(Records.madeAt(Records.version(DIGITS, 3), NOW.minusSeconds(86_400)));
    assertThat(releases.releases(DIGITS).stream().map(ReleaseRecord::counter))
        .isSortedAccordingTo(Comparator.reverseOrder())
        .doesNotHaveDuplicates();
  }

  @Test
  void ofThreadsThatRaceForAVersionOneWins() throws Exception {
    addDigits();
    Callable<Boolean> attempt =
        () -> {
          try {
            models.addVersion(Records.version(DIGITS, 2));
            return true;
          } catch (IllegalStateException e) {
            return false;
          }
        };
    ExecutorService threads = Executors.newFixedThreadPool(4);
    int winners = 0;
    try {
      for (Future<Boolean> won : threads.invokeAll(List.of(attempt, attempt, attempt, attempt))) {
        winners += won.get() ? 1 : 0;
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(winners).isEqualTo(1);
    assertThat(models.versions(DIGITS)).hasSize(2);
  }

  @Test
  void evaluationDataIsSetAndReplaced() {
    addDigits();
    LabelColumn digit = new LabelColumn("digit", LabelKind.NUMBERS);
    LabelColumn values = new LabelColumn("y0..y3", LabelKind.VALUES);
    EvaluationData data = new EvaluationData(Sha256.of(new byte[3]), values, 0.0625f);
    assertThat(models.evaluationData(DIGITS)).isEmpty();
    models.setEvaluationData(DIGITS, new EvaluationData(Sha256.of(new byte[2]), digit, 1f));
    models.setEvaluationData(DIGITS, data);
    assertThat(models.evaluationData(DIGITS)).contains(data);
    assertThatThrownBy(() -> models.setEvaluationData(new ModelName("none"), data))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("none");
  }

  @Test
  void aRoundIsReplacedByItsLaterState() {
    addDigits();
    rounds.save(Records.running(1));
    assertThat(rounds.round(new RoundId("digits-r1"))).contains(Records.running(1));
    rounds.save(Records.committed(1));
    assertThat(rounds.round(new RoundId("digits-r1"))).contains(Records.committed(1));
    assertThat(rounds.round(new RoundId("digits-r2"))).isEmpty();
  }

  @Test
  void everyReasonToFailComesBack() {
    addDigits();
    List<RoundRecord> saved = new ArrayList<>();
    for (FailureReason reason : FailureReason.values()) {
      saved.add(0, Records.failed(saved.size() + 1, reason));
      rounds.save(saved.get(0));
    }
    assertThat(rounds.rounds(DIGITS, Integer.MAX_VALUE, 100)).isEqualTo(saved);
  }

  @Test
  void roundsArePagedFromTheNewest() {
    addDigits();
    IntStream.rangeClosed(1, 7).forEach(n -> rounds.save(Records.committed(n)));
    assertThat(rounds.rounds(DIGITS, Integer.MAX_VALUE, 3))
        .extracting(RoundRecord::number)
        .containsExactly(7, 6, 5);
    assertThat(rounds.rounds(DIGITS, 5, 3))
        .extracting(RoundRecord::number)
        .containsExactly(4, 3, 2);
    assertThat(rounds.newestNumber(DIGITS)).isEqualTo(7);
    assertThat(rounds.newestNumber(new ModelName("none"))).isZero();
  }

  @Test
  void failingWhatRunsLeavesWhatHasEnded() {
    addDigits();
    rounds.save(Records.committed(1));
    rounds.save(Records.failed(2, FailureReason.CANCELLED));
    rounds.save(Records.running(3));
    assertThat(rounds.failRunning(FailureReason.COORDINATOR_RESTARTED, NOW)).isEqualTo(1);
    assertThat(rounds.failRunning(FailureReason.COORDINATOR_RESTARTED, NOW)).isZero();

    RoundRecord ended = rounds.round(new RoundId("digits-r3")).orElseThrow();
    assertThat(ended.state()).isEqualTo(RoundRecord.State.FAILED);
    assertThat(ended.failure()).contains(FailureReason.COORDINATOR_RESTARTED);
    assertThat(ended.endedAt()).contains(NOW);
    assertThat(rounds.round(new RoundId("digits-r2")))
        .contains(Records.failed(2, FailureReason.CANCELLED));
    assertThat(rounds.round(new RoundId("digits-r1"))).contains(Records.committed(1));
  }

  @Test
  void thousandsOfAgentsAreSavedAtOnceAndReplacedById() {
    agents.save(List.of());
    List<AgentRecord> all =
        IntStream.range(0, 3000).mapToObj(i -> Records.agent("%05d".formatted(i), 1)).toList();
    agents.save(all.subList(0, 2000));
    agents.save(all);
    AgentRecord changed = Records.agent("00042", 9);
    agents.save(List.of(Records.agent("00042", 8), changed));

    List<AgentRecord> expected = new ArrayList<>(all);
    expected.set(42, changed);
    assertThat(agents.load()).isEqualTo(expected);
  }

  @Test
  void aJobComesBackWithItsPlan() {
    addDigits();
    ModelName other = new ModelName("another");
    models.addModel(Records.model(other), Records.version(other, 1));
    TrainingPlan plan =
        new TrainingPlan(
            100,
            51,
            new LocalTraining(2, 3, 0.1f, 0.01f),
            16,
            1.5f,
            1000,
            8f,
            ServerOptimization.of(ServerOptimization.Algorithm.FED_YOGI),
            Duration.ofMillis(1500),
            Duration.ofHours(2),
            new AggregationPlan(
                AdversaryModel.SEMI_HONEST, 0.2, 0.15, 50, 20, Duration.ofMillis(2500)));
    TrainingJob first =
        new TrainingJob(
            other, TrainingPlan.standard(), 20, 0, 0, TrainingJob.State.RUNNING, "", NOW);
    TrainingJob job =
        new TrainingJob(DIGITS, plan, 20, 7, 3, TrainingJob.State.STOPPED, "three failed", NOW);
    jobs.save(first);
    jobs.save(new TrainingJob(DIGITS, plan, 20, 6, 0, TrainingJob.State.RUNNING, "", NOW));
    jobs.save(job);

    assertThat(jobs.job(DIGITS)).contains(job);
    assertThat(jobs.job(new ModelName("none"))).isEmpty();
    assertThat(jobs.jobs()).containsExactly(first, job);
  }

  @Test
  void aValueOfAnotherVersionIsRefusedByName() {
    agents.save(List.of(Records.agent("one", 1)));
    database.run(
        handle -> handle.execute("UPDATE agent SET models = ?", "[{\"model\":\"digits\"}]"));
    assertThatThrownBy(agents::load)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("does not understand")
        .hasMessageContaining("version");
  }

  @Test
  void aFailedStatementSaysWhichDatabase() {
    assertThatThrownBy(() -> rounds.save(Records.running(1)))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("the database");
  }

  @Test
  void anOpenDatabaseHasNoObstacleAndAClosedOneHas() {
    assertThat(database.obstacle()).isEmpty();
    database.close();
    assertThat(database.obstacle()).isPresent();
    database.close();
  }
}
