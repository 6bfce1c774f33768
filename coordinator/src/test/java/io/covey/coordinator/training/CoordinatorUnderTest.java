package io.covey.coordinator.training;

import io.covey.coordinator.mqtt.FleetLink;
import io.covey.coordinator.privacy.PrivacyStore;
import io.covey.coordinator.round.AggregationPlan;
import io.covey.coordinator.round.ServerOptimization;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.coordinator.store.Database;
import io.covey.coordinator.store.FileArtifactStore;
import io.covey.coordinator.store.JdbiAgentStore;
import io.covey.coordinator.store.JdbiCommitStore;
import io.covey.coordinator.store.JdbiJobStore;
import io.covey.coordinator.store.JdbiKeyStore;
import io.covey.coordinator.store.JdbiModelStore;
import io.covey.coordinator.store.JdbiPrivacyStore;
import io.covey.coordinator.store.JdbiReleaseStore;
import io.covey.coordinator.store.JdbiRoundStore;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.secagg.AdversaryModel;
import io.covey.models.runtime.ModelRuntime;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.message.LocalTraining;
import io.covey.protocols.message.RefusedMessages;
import io.covey.protocols.time.VirtualTime;
import io.covey.protocols.transport.InMemoryNetwork;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;

/** A coordinator on real stores and a network in memory, under virtual time. */
final class CoordinatorUnderTest {
  static final FleetId FLEET = new FleetId("test");
  static final ModelName DIGITS = new ModelName("digits");

  final CoordinatorCore.Stores stores;
  final RefusedMessages refused;
  final FleetLink link;
  final CoordinatorCore core;
  final SessionAuthority sessions;
  private final VirtualTime time;
  private final MortalScheduler process;

  CoordinatorUnderTest(
      VirtualTime time, InMemoryNetwork network, Database database, Path artifacts, String run) {
    this(time, network, database, artifacts, run, new JdbiPrivacyStore(database));
  }

  CoordinatorUnderTest(
      VirtualTime time,
      InMemoryNetwork network,
      Database database,
      Path artifacts,
      String run,
      PrivacyStore privacy) {
    this.time = time;
    this.process = new MortalScheduler(time);
    stores =
        new CoordinatorCore.Stores(
            new JdbiModelStore(database),
            new FileArtifactStore(artifacts),
            new JdbiAgentStore(database),
            new JdbiRoundStore(database),
            new JdbiJobStore(database),
            new JdbiCommitStore(database),
            privacy,
            new JdbiKeyStore(database),
            new JdbiReleaseStore(database));
    sessions = new SessionAuthority(authority().coordinator(), process::now);
    refused = new RefusedMessages(process);
    link =
        new FleetLink(
            process,
            network.connect(InMemoryNetwork.settings("coordinator:" + run)),
            new FleetLink.Voice(run, sessions.messageGuard()),
            refused);
    core =
        new CoordinatorCore(
            process,
            new SplittableRandom(run.hashCode()),
            link,
            ModelRuntime.tensorFlowLite(),
            stores,
            sessions,
            RoundLimits.standard());
    done(core.start().thenRun(() -> link.open(core.inbox())));
    time.runFor(Duration.ofSeconds(1));
  }

  /** The fleet's authority: the same keys whenever it is asked for. */
  static TrialAuthority authority() {
    return TrialAuthority.insecureSeeded(FLEET, new Ed25519(), 1);
  }

  /** Ends the run as kill -9 would: nothing of it happens any more. */
  void kill() {
    process.die();
  }

  AdminOperations operations() {
    return core.operations();
  }

  /** Lets time pass until the answer is there. */
  <T> T done(CompletionStage<T> stage) {
    var future = stage.toCompletableFuture();
    time.runUntil(future::isDone, Duration.ofMinutes(5));
    return future.join();
  }

  /** The failure of a stage, once it is there. */
  Throwable failure(CompletionStage<?> stage) {
    var future = stage.toCompletableFuture();
    time.runUntil(future::isDone, Duration.ofMinutes(5));
    return future.handle((value, failure) -> failure).join();
  }

  static TrainingPlan plan(int cohort, int minimum) {
    return new TrainingPlan(
        cohort,
        minimum,
        new LocalTraining(1, 20, 0.1f, 0),
        16,
        4f,
        1000,
        16f,
        ServerOptimization.fedAvg(),
        Duration.ofSeconds(10),
        Duration.ofSeconds(20),
        new AggregationPlan(AdversaryModel.SEMI_MALICIOUS, 0.1, 0, 40, 30, Duration.ofSeconds(10)));
  }

  static byte[] digits() {
    try (InputStream file = CoordinatorUnderTest.class.getResourceAsStream("digits.tflite")) {
      if (file == null) {
        throw new AssertionError("no digits.tflite among the test resources");
      }
      return file.readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
