package io.covey.coordinator.training;

import static io.covey.coordinator.training.CoordinatorUnderTest.DIGITS;
import static io.covey.coordinator.training.CoordinatorUnderTest.FLEET;
import static io.covey.coordinator.training.CoordinatorUnderTest.digits;
import static io.covey.coordinator.training.CoordinatorUnderTest.plan;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.covey.coordinator.registry.VersionRecord;
import io.covey.coordinator.round.DropReason;
import io.covey.coordinator.round.FailureReason;
import io.covey.coordinator.round.RefusalReason;
import io.covey.coordinator.round.RoundRecord;
import io.covey.coordinator.store.Database;
import io.covey.coordinator.store.DatabaseSettings;
import io.covey.crypto.identity.AgentIdentity;
import io.covey.crypto.identity.RevocationList;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.models.data.DataFormat.LabelColumn;
import io.covey.models.data.DataFormat.LabelKind;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactChunk;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.Limits;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.SignedMessage;
import io.covey.protocols.message.UpdateChunk;
import io.covey.protocols.time.VirtualTime;
import io.covey.protocols.topic.RoundStep;
import io.covey.protocols.topic.Topics;
import io.covey.protocols.transport.InMemoryNetwork;
import io.covey.protocols.transport.NetworkFaults;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CoordinatorCoreTest {
  @TempDir private Path directory;

  private static final LabelColumn LABEL = new LabelColumn("label", LabelKind.NUMBERS);

  private final VirtualTime time = new VirtualTime(Instant.ofEpochSecond(1_800_000_000));
  private final InMemoryNetwork network = new InMemoryNetwork(time, 1, NetworkFaults.NONE);
  private final Database database = Database.open(DatabaseSettings.inMemory());
  private final TrialAuthority authority = CoordinatorUnderTest.authority();
  private final List<ScriptedAgent> agents = new ArrayList<>();
  private CoordinatorUnderTest coordinator;

  @BeforeEach
  void start() {
    coordinator = startCoordinator("first");
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void roundsFoldTheWeightedMeanOfTheReportsIntoNewVersions() {
    addAgents(4);
    register();
    float[] before = weights(newest());
    train(3, 4, 4);
    time.runFor(Duration.ofSeconds(30));

    assertThat(job().state()).isEqualTo(TrainingJob.State.COMPLETED);
    assertThat(newest().version()).isEqualTo(new ModelVersion(4));
    // Agent i reports 0.001 * i on 100 * i examples: mean (1 + 4 + 9 + 16) / 10 thousandths.
    float[] after = weights(newest());
    for (int i = 0; i < before.length; i++) {
      assertThat(after[i] - before[i]).isCloseTo(3 * 0.003f, within(0.002f));
    }
    RoundRecord round = rounds().get(0);
    assertThat(round.outcome().orElseThrow().trainingLoss()).isCloseTo(0.5, within(0.01));
    assertThat(round.outcome().orElseThrow().trainingAccuracy()).isCloseTo(0.5, within(0.01));
    assertThat(round.reported()).isEqualTo(4);
    assertThat(round.bytesUp()).isPositive();
    assertThat(agents.get(0).closed).hasSize(3).allMatch(closed -> closed.committed());
  }

  /** As with brokers that only deny it every topic, of which the coordinator hears nothing. */
  @Test
  void aRevokedAgentWhoseConnectionStandsCountsAsGoneAndIsDrawnForNoRound() {
    addAgents(4);
    AgentIdentity stolen = authority.enrol(new AgentId("stolen"), 1_700_000_000);
    ScriptedAgent revoked = new ScriptedAgent(time, network, stolen, 1f, 100);
    register();
    assertThat(coordinator.core.fleetTotals().onlineAgents()).isEqualTo(5);
    coordinator
        .sessions
        .revocations()
        .heed(
            authority
                .authority()
                .revoke(
                    RevocationList.none(FLEET, time.now())
                        .next(time.now(), List.of(stolen.certificate().facts().serial()))));
    time.runFor(Duration.ofSeconds(1));
    assertThat(coordinator.core.fleetTotals().onlineAgents()).isEqualTo(4);
    train(3, 4, 4);
    time.runFor(Duration.ofSeconds(30));
    assertThat(job().state()).isEqualTo(TrainingJob.State.COMPLETED);
    assertThat(rounds()).hasSize(3);
    assertThat(revoked.plans).isEmpty();
  }

  @Test
  void whatIsPublishedCanBePutTogetherAgainAndOldVersionsAreTakenBack() {
    Map<String, ByteString> retained = new TreeMap<>();
    network.observe(
        message -> {
          if (message.publication().retain() && message.publication().topic().contains("/model/")) {
            retained.put(message.publication().topic(), message.publication().payload());
          }
        });
    addAgents(4);
    register();
    train(4, 4, 3);
    time.runFor(Duration.ofSeconds(30));
    assertThat(newest().version().number()).isEqualTo(5);
    assertThat(newest().manifest().isSealed()).isTrue();
    for (ArtifactReference artifact : newest().manifest().artifacts()) {
      assertThat(assembled(retained, artifact)).isEqualTo(artifact.digest());
    }
    VersionRecord old = version(2);
    Sha256 oldWeights =
        old.manifest().artifact(ArtifactReference.Role.WEIGHTS).orElseThrow().digest();
    String topic = new Topics(FLEET).artifactChunk(DIGITS, oldWeights, 0);
    assertThat(retained.get(topic)).isEqualTo(ByteString.EMPTY);
    assertThat(agents.get(0).desired.get(agents.get(0).desired.size() - 1).models())
        .containsExactly(newest().manifest());
  }

  @Test
  void aRestartFailsTheRoundInFlightByNameAndGoesOnWithTheJob() {
    addAgents(4);
    register();
    agents.forEach(agent -> agent.answers = false);
    train(2, 4, 3);
    time.runFor(Duration.ofSeconds(3));
    assertThat(rounds().get(0).state()).isEqualTo(RoundRecord.State.RUNNING);
    coordinator.kill();
    network.kill("coordinator:first");

    agents.forEach(agent -> agent.answers = true);
    coordinator = startCoordinator("second");
    time.runFor(Duration.ofSeconds(60));

    List<RoundRecord> rounds = rounds();
    assertThat(rounds.get(rounds.size() - 1).failure())
        .contains(FailureReason.COORDINATOR_RESTARTED);
    assertThat(rounds.get(0).state()).isEqualTo(RoundRecord.State.COMMITTED);
    assertThat(job().state()).isEqualTo(TrainingJob.State.COMPLETED);
    assertThat(newest().version()).isEqualTo(new ModelVersion(3));
  }

  @Test
  void hostileReportsAreRefusedByReasonAndTheSumOverTheOthersIsRight() {
    addAgents(10);
    register();
    agents.get(0).saying = CoordinatorCoreTest::withAnotherWord;
    agents.get(1).saying = CoordinatorCoreTest::shortened;
    String topic = new Topics(FLEET).round(agents.get(2).id, new RoundId("r"), RoundStep.UPDATE);
    agents.get(2).publish(topic, ByteString.copyFrom("garbage", StandardCharsets.UTF_8), false);
    train(1, 10, 3);
    time.runFor(Duration.ofSeconds(3));
    ScriptedAgent stranger = agent("stranger", 1f, 10);
    time.runFor(Duration.ofSeconds(1));
    stranger.sayInRound(
        new UpdateChunk(rounds().get(0).round(), 0, 1, ByteString.copyFrom(new byte[8])));
    time.runFor(Duration.ofSeconds(60));

    RoundRecord round = rounds().get(0);
    assertThat(round.state()).isEqualTo(RoundRecord.State.COMMITTED);
    assertThat(round.dropped())
        .isEqualTo(Map.of(DropReason.DIGEST_MISMATCH, 1, DropReason.WRONG_SHAPE, 1));
    assertThat(round.reported()).isEqualTo(8);
    assertThat(coordinator.refused.total()).isEqualTo(1);
    assertThat(
            coordinator.core.refusals().count(RefusalReason.FOREIGN)
                + coordinator.core.refusals().count(RefusalReason.UNKNOWN_ROUND))
        .isEqualTo(1);
    // Agents 3 to 10: (9 + 16 + ... + 100) / 52 thousandths.
    float moved = weights(newest())[0] - weights(version(1))[0];
    assertThat(moved).isCloseTo(0.00731f, within(0.0015f));
  }

  private static RoundMessage withAnotherWord(RoundMessage message) {
    if (message instanceof UpdateChunk chunk) {
      byte[] altered = chunk.words().toByteArray();
      altered[0] ^= 1;
      return new UpdateChunk(
          chunk.round(), chunk.index(), chunk.count(), ByteString.copyFrom(altered));
    }
    return message;
  }

  private static RoundMessage shortened(RoundMessage message) {
    return message instanceof UpdateChunk chunk
        ? new UpdateChunk(chunk.round(), chunk.index(), chunk.count(), chunk.words().substring(8))
        : message;
  }

  @Test
  void aPausedJobCancelsItsRoundAndGoesOnWhenResumed() {
    addAgents(4);
    register();
    agents.forEach(agent -> agent.answers = false);
    train(1, 4, 3);
    time.runFor(Duration.ofSeconds(3));
    assertThat(coordinator.done(coordinator.operations().pauseTraining(DIGITS)).state())
        .isEqualTo(TrainingJob.State.PAUSED);
    time.runFor(Duration.ofSeconds(60));
    assertThat(rounds()).hasSize(1);
    assertThat(rounds().get(0).failure()).contains(FailureReason.CANCELLED);

    agents.forEach(agent -> agent.answers = true);
    coordinator.done(coordinator.operations().resumeTraining(DIGITS));
    time.runFor(Duration.ofSeconds(10));
    assertThat(job().state()).isEqualTo(TrainingJob.State.COMPLETED);
  }

  @Test
  void aJobThatIsPausedWhileItsRoundIsBeingRecordedInvitesNobody() {
    addAgents(4);
    register();
    var paused =
        coordinator
            .operations()
            .startTraining(DIGITS, 1, CoordinatorUnderTest.plan(4, 3))
            .thenCompose(job -> coordinator.operations().pauseTraining(DIGITS));
    assertThat(coordinator.done(paused).state()).isEqualTo(TrainingJob.State.PAUSED);
    time.runFor(Duration.ofSeconds(60));
    assertThat(agents).allMatch(agent -> agent.plans.isEmpty());
    assertThat(job().state()).isEqualTo(TrainingJob.State.PAUSED);
  }

  @Test
  void anAgentThatConnectsWithoutEndIsToldTheSameSoManyTimesAndNoMore() {
    addAgents(4);
    register();
    agents.forEach(agent -> agent.answers = false);
    train(1, 4, 3);
    time.runFor(Duration.ofSeconds(1));
    ScriptedAgent restless = agents.get(0);
    for (int i = 0; i < 100; i++) {
      restless.onConnected(true);
    }
    time.runFor(Duration.ofSeconds(1));
    assertThat(restless.plans).hasSize(1 + Limits.REPETITIONS);
    assertThat(agents.get(1).plans).hasSize(1);
  }

  @Test
  void aJobStopsAfterTooManyFailuresInARowAndSaysWhy() {
    register();
    train(1, 4, 3);
    time.runFor(Duration.ofMinutes(5));
    assertThat(job().state()).isEqualTo(TrainingJob.State.STOPPED);
    assertThat(job().detail()).contains("5 rounds failed").contains("NOT_ENOUGH_AGENTS");
    assertThat(job().roundsFailed()).isEqualTo(5);
  }

  @Test
  void aBrokerThatLostEverythingIsGivenItAgain() {
    addAgents(4);
    register();
    network.stopBrokerLosingState(Duration.ofSeconds(10));
    time.runFor(Duration.ofMinutes(3));
    train(1, 4, 3);
    time.runFor(Duration.ofSeconds(30));
    assertThat(job().state()).isEqualTo(TrainingJob.State.COMPLETED);
    ScriptedAgent late = agent("late", 0, 1);
    time.runFor(Duration.ofSeconds(5));
    assertThat(late.desired).isNotEmpty();
  }

  @Test
  void modelsThatCannotBeUsedAreRefusedWithAReason() {
    Throwable damaged =
        coordinator.failure(
            coordinator.operations().registerModel(DIGITS, "", new byte[100], Optional.empty()));
    assertThat(damaged).isInstanceOf(OperationException.class).hasMessageContaining("refused");
    byte[] shortWeights = new byte[12];
    Throwable wrongWeights =
        coordinator.failure(
            coordinator
                .operations()
                .registerModel(DIGITS, "", digits(), Optional.of(shortWeights)));
    assertThat(wrongWeights).hasMessageContaining("12 bytes");
    register();
    Throwable taken =
        coordinator.failure(
            coordinator.operations().registerModel(DIGITS, "", digits(), Optional.empty()));
    assertThat(((OperationException) taken).kind()).isEqualTo(OperationException.Kind.CONFLICT);
  }

  @Test
  void trainingOfAModelThatIsNotThereIsRefused() {
    Throwable missing =
        coordinator.failure(
            coordinator.operations().startTraining(new ModelName("nothing"), 1, plan(4, 3)));
    assertThat(((OperationException) missing).kind()).isEqualTo(OperationException.Kind.NOT_FOUND);
  }

  @Test
  void heldOutExamplesAreCheckedAndEvaluated() {
    register();
    StringBuilder csv = new StringBuilder();
    for (int i = 0; i < 64; i++) {
      csv.append('p').append(i).append(',');
    }
    csv.append("label\n");
    for (int row = 0; row < 300; row++) {
      csv.append("8,".repeat(64)).append(row % 10).append('\n');
    }
    VersionRecord evaluated =
        coordinator.done(
            coordinator
                .operations()
                .setEvaluationData(
                    DIGITS, csv.toString().getBytes(StandardCharsets.UTF_8), LABEL, 1 / 16f));
    assertThat(evaluated.evaluation().orElseThrow().examples()).isEqualTo(300);
    assertThat(evaluated.evaluation().orElseThrow().accuracy()).isCloseTo(0.1, within(1e-9));

    Throwable wrong =
        coordinator.failure(
            coordinator
                .operations()
                .setEvaluationData(
                    DIGITS, "a,label\n1,2\n".getBytes(StandardCharsets.UTF_8), LABEL, 1f));
    assertThat(wrong).hasMessageContaining("1 features").hasMessageContaining("64");
  }

  private CoordinatorUnderTest startCoordinator(String run) {
    return new CoordinatorUnderTest(time, network, database, directory, run);
  }

  private void addAgents(int count) {
    for (int i = 1; i <= count; i++) {
      agents.add(agent("agent-" + i, 0.001f * i, 100 * i));
    }
    time.runFor(Duration.ofSeconds(1));
  }

  private ScriptedAgent agent(String name, float delta, int examples) {
    return new ScriptedAgent(
        time, network, authority.enrol(new AgentId(name), 1_700_000_000), delta, examples);
  }

  private void register() {
    coordinator.done(
        coordinator.operations().registerModel(DIGITS, "digits", digits(), Optional.empty()));
    time.runFor(Duration.ofSeconds(1));
  }

  private void train(int rounds, int cohort, int minimum) {
    coordinator.done(coordinator.operations().startTraining(DIGITS, rounds, plan(cohort, minimum)));
  }

  private TrainingJob job() {
    return coordinator.done(coordinator.operations().training(DIGITS)).orElseThrow();
  }

  private List<RoundRecord> rounds() {
    return coordinator.done(coordinator.operations().rounds(DIGITS, Integer.MAX_VALUE, 100));
  }

  private VersionRecord newest() {
    return coordinator.done(coordinator.operations().versions(DIGITS)).get(0);
  }

  private VersionRecord version(int number) {
    return coordinator
        .done(coordinator.operations().version(DIGITS, new ModelVersion(number)))
        .orElseThrow();
  }

  private float[] weights(VersionRecord version) {
    return Weights.parse(
        coordinator.done(
            coordinator
                .operations()
                .artifact(DIGITS, version.version(), ArtifactReference.Role.WEIGHTS)));
  }

  private static Sha256 assembled(Map<String, ByteString> retained, ArtifactReference artifact) {
    ByteString whole = ByteString.EMPTY;
    for (int i = 0; i < artifact.chunkCount(); i++) {
      ByteString payload =
          retained.getOrDefault(
              new Topics(FLEET).artifactChunk(DIGITS, artifact.digest(), i), ByteString.EMPTY);
      try {
        whole =
            whole.concat(((ArtifactChunk) SignedMessage.readUnverified(payload).body()).content());
      } catch (DecodeException e) {
        throw new AssertionError("chunk " + i + " was not published", e);
      }
    }
    return Sha256.of(whole.toByteArray());
  }
}
