package io.covey.edgeagent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.covey.edgeagent.artifacts.StorageProbe.Step;
import io.covey.edgeagent.selftest.ChildLimits;
import io.covey.edgeagent.selftest.SelfTestMode;
import io.covey.edgeagent.serving.InferenceException;
import io.covey.edgeagent.toy.ToyRuntime;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.Presence;
import io.covey.protocols.message.ReportedState;
import io.covey.protocols.message.ReportedState.ModelState;
import io.covey.protocols.message.ReportedState.Status;
import io.covey.protocols.message.Telemetry;
import io.covey.protocols.topic.AgentChannel;
import io.covey.protocols.transport.NetworkFaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentServingTest {
  private final TestFleet fleet = new TestFleet(1, NetworkFaults.NONE);

  @Test
  void anAgentFetchesAndServesWhatIsDesired() throws Exception {
    EdgeAgent agent = fleet.agent("a1").softwareVersion("1.2.3").build();
    agent.start();
    fleet.run(Duration.ofSeconds(1));
    assertThat(agent.ready()).isFalse();
    ModelManifest one = fleet.publish(1, 0.5f);
    fleet.desire("a1", 1, one);
    fleet.run(Duration.ofSeconds(5));

    assertThat(agent.ready()).isTrue();
    assertThat(agent.servedVersions()).isEqualTo(Map.of(TestFleet.MODEL, one.version()));
    assertThat(agent.infer(TestFleet.MODEL, new float[] {1, 2, 3, 4}).get("logits"))
        .containsExactly(5, 5, 5);
    assertThat(fleet.lastReport().models()).containsExactly(TestFleet.serving(one));
    assertThat(fleet.lastReport().desiredRevision()).isEqualTo(1);
    assertThat(fleet.lastReport().canTrain()).isFalse();
    assertThat(fleet.heard(Presence.class)).containsExactly(new Presence(true, "1.2.3"));

    agent.stop();
    fleet.run(Duration.ofSeconds(5));
    assertThat(fleet.heard(Presence.class))
        .containsExactly(new Presence(true, "1.2.3"), new Presence(false, "1.2.3"));
    assertThat(fleet.runtime.openModels()).isZero();
    assertThat(fleet.runtime.openSessions()).isZero();
  }

  @Test
  void aVersionThatCannotBeLoadedIsRefusedAndTheOldOneServesOn() throws Exception {
    EdgeAgent agent = started(fleet.agent("a1"));
    ModelManifest one = fleet.publish(1, 0.5f);
    fleet.desire("a1", 1, one);
    fleet.run(Duration.ofSeconds(5));

    ModelManifest broken = fleet.publish(2, Float.NaN);
    fleet.desire("a1", 2, broken);
    fleet.run(Duration.ofSeconds(5));
    assertThat(fleet.lastReport().models())
        .containsExactly(
            TestFleet.serving(one),
            new ModelState(
                TestFleet.MODEL,
                broken.version(),
                Status.REFUSED,
                "the self-test failed: NOT_FINITE: output 'logits': element 0 is NaN"));

    ModelManifest damaged =
        new ModelManifest(
            TestFleet.MODEL,
            new ModelVersion(3),
            List.of(fleet.publishArtifact(Role.GRAPH, new byte[] {1, 2, 3})));
    fleet.desire("a1", 3, damaged);
    fleet.run(Duration.ofSeconds(5));
    assertThat(fleet.lastReport().models())
        .contains(new ModelState(TestFleet.MODEL, damaged.version(), Status.REFUSED, "not a toy"));

    TestSealing.Made made = fleet.sealing.seal(TestFleet.MODEL, Role.GRAPH, new byte[] {9, 9, 9});
    ModelManifest forged =
        new ModelManifest(
            TestFleet.MODEL,
            new ModelVersion(4),
            List.of(
                fleet.publishBytes(
                    Role.GRAPH,
                    made.content().toByteArray(),
                    Sha256.of(new byte[] {7}),
                    made.reference().sealing())));
    fleet.desire("a1", 4, forged);
    fleet.run(Duration.ofMinutes(5));
    assertThat(fleet.lastReport().models().get(1).status()).isEqualTo(Status.REFUSED);
    assertThat(fleet.lastReport().models().get(1).detail()).contains("do not have the digest");
    assertThat(agent.counters().wrongDigests()).isEqualTo(3);

    assertThat(agent.servedVersions()).isEqualTo(Map.of(TestFleet.MODEL, one.version()));
    assertThat(agent.ready()).isTrue();
    assertThat(fleet.runtime.openModels()).isEqualTo(1);

    ModelManifest five = fleet.publish(5, 1f);
    fleet.desire("a1", 5, five);
    fleet.run(Duration.ofSeconds(5));
    assertThat(fleet.lastReport().models()).containsExactly(TestFleet.serving(five));
  }

  @Test
  void aVersionIsTestedInAProcessOfItsOwnWhenToldTo() throws Exception {
    EdgeAgent agent = started(fleet.agent("a1"));
    ModelManifest one = fleet.publish(1, 0.5f);
    fleet.desire("a1", 1, one);
    fleet.run(Duration.ofSeconds(5));
    EdgeAgent careful =
        started(fleet.agent("a2").selfTest(SelfTestMode.CHILD_PROCESS, ChildLimits.DEFAULT));
    fleet.desire("a2", 1, one);
    fleet.run(Duration.ofSeconds(5));
    // What the runtime of this process takes is no model to that of the other.
    assertThat(agent.servedVersions()).isEqualTo(Map.of(TestFleet.MODEL, one.version()));
    assertThat(careful.servedVersions()).isEmpty();
    ModelState state = fleet.lastReport().models().get(0);
    assertThat(state.status()).isEqualTo(Status.REFUSED);
    assertThat(state.detail()).startsWith("the self-test failed: REFUSED: ");
    assertThat(fleet.runtime.openModels()).isEqualTo(1);
  }

  @Test
  void aModelThatIsNoLongerDesiredIsNoLongerServed() throws Exception {
    EdgeAgent agent = started(fleet.agent("a1"));
    fleet.desire("a1", 1, fleet.publish(1, 0.5f));
    fleet.run(Duration.ofSeconds(5));
    fleet.desire("a1", 2);
    fleet.run(Duration.ofSeconds(5));
    assertThat(agent.servedVersions()).isEmpty();
    assertThat(agent.ready()).isTrue();
    assertThat(fleet.lastReport()).isEqualTo(new ReportedState(2, List.of(), false));
    assertThat(fleet.runtime.openModels()).isZero();
    assertThatThrownBy(() -> agent.infer(TestFleet.MODEL, new float[4]))
        .isInstanceOf(InferenceException.class);
  }

  @Test
  void anAgentReportsAgainOnEveryConnection() throws Exception {
    started(fleet.agent("a1"));
    ModelManifest one = fleet.publish(1, 0.5f);
    fleet.desire("a1", 1, one);
    fleet.run(Duration.ofSeconds(5));
    int reports = fleet.heard(ReportedState.class).size();
    fleet.network.cut("a1");
    fleet.run(Duration.ofMinutes(2));
    assertThat(fleet.heard(ReportedState.class)).hasSize(reports + 1);
    assertThat(fleet.lastReport().models()).containsExactly(TestFleet.serving(one));
  }

  @Test
  void aKilledAgentIsSaidToBeGoneByItsWill() throws Exception {
    EdgeAgent agent = started(fleet.agent("a1").willDelay(Duration.ofSeconds(7)));
    String boot = fleet.heard.get(0).bootId();
    fleet.network.kill("a1");
    agent.abort();
    fleet.run(Duration.ofSeconds(6));
    assertThat(fleet.heard(Presence.class)).containsExactly(new Presence(true, ""));
    fleet.run(Duration.ofMinutes(2));
    assertThat(fleet.heard(Presence.class))
        .containsExactly(new Presence(true, ""), new Presence(false, ""));
    assertThat(fleet.heard).allMatch(envelope -> envelope.bootId().equals(boot));
  }

  @Test
  void countersAreReportedNowAndThen() throws Exception {
    EdgeAgent agent = started(fleet.agent("a1").telemetryInterval(Duration.ofSeconds(30)));
    fleet.desire("a1", 1, fleet.publish(1, 0.5f));
    fleet.run(Duration.ofSeconds(40));
    agent.infer(TestFleet.MODEL, new float[4]);
    assertThatThrownBy(() -> agent.infer(TestFleet.MODEL, new float[3]))
        .hasMessageContaining("3 floats do not fit");
    fleet.sayBytes(
        fleet.topics.agent(agent.id(), AgentChannel.DESIRED),
        ByteString.copyFromUtf8("nonsense"),
        false);
    fleet.run(Duration.ofSeconds(60));
    List<Telemetry> reports = fleet.heard(Telemetry.class);
    assertThat(reports).hasSizeBetween(3, 4);
    assertThat(reports.get(reports.size() - 1)).isEqualTo(new Telemetry(1, 0, 0, 0, 1));
  }

  @Test
  void whatWasServedLastIsServedAfterARestartWithoutANetwork(@TempDir Path directory)
      throws Exception {
    EdgeAgent first = started(fleet.agent("a1").dataDirectory(directory));
    fleet.desire("a1", 1, fleet.publish(1, 0.5f));
    fleet.run(Duration.ofSeconds(5));
    ModelManifest two = fleet.publish(2, 2f);
    fleet.desire("a1", 2, two);
    fleet.run(Duration.ofSeconds(5));
    first.stop();
    fleet.run(Duration.ofSeconds(5));

    fleet.network.stopBroker(Duration.ofDays(1));
    EdgeAgent second = started(fleet.agent("a1").dataDirectory(directory));
    assertThat(second.connected()).isFalse();
    assertThat(second.ready()).isTrue();
    assertThat(second.servedVersions()).isEqualTo(Map.of(TestFleet.MODEL, two.version()));
    assertThat(second.infer(TestFleet.MODEL, new float[] {1, 1, 1, 1}).get("logits"))
        .containsExactly(8, 8, 8);
    second.stop();
    fleet.run(Duration.ofSeconds(5));
  }

  @Test
  void whatWasServedLastAnswersAfterARestartWhileAnotherVersionDoesNotCome(@TempDir Path directory)
      throws Exception {
    EdgeAgent first = started(fleet.agent("a1").dataDirectory(directory));
    ModelManifest one = fleet.publish(1, 0.5f);
    fleet.desire("a1", 1, one);
    fleet.run(Duration.ofSeconds(5));
    first.stop();
    fleet.run(Duration.ofSeconds(5));

    ModelManifest two =
        new ModelManifest(
            TestFleet.MODEL,
            one.version().next(),
            List.of(
                fleet.named(Role.GRAPH, ToyRuntime.file(TestFleet.FEATURES, TestFleet.CLASSES)),
                fleet.named(Role.WEIGHTS, new byte[48])));
    fleet.desire("a1", 2, two);
    EdgeAgent second = started(fleet.agent("a1").dataDirectory(directory));
    fleet.run(Duration.ofMinutes(1));
    assertThat(second.ready()).isTrue();
    assertThat(second.servedVersions()).isEqualTo(Map.of(TestFleet.MODEL, one.version()));
    second.stop();
    fleet.run(Duration.ofSeconds(5));
  }

  @Test
  void aCrashWhileSeveralModelsComeBackLosesNone(@TempDir Path directory) throws Exception {
    EdgeAgent first = started(fleet.agent("a1").dataDirectory(directory));
    ModelManifest one = fleet.publish(1, 0.5f);
    ModelManifest another = fleet.publish(new ModelName("another"), 1, new float[12]);
    fleet.desire("a1", 1, one, another);
    fleet.run(Duration.ofSeconds(5));
    first.stop();
    fleet.run(Duration.ofSeconds(5));

    fleet.network.stopBroker(Duration.ofDays(1));
    AtomicInteger notes = new AtomicInteger();
    EdgeAgent second =
        started(
            fleet
                .agent("a1")
                .dataDirectory(directory)
                .storageProbe(
                    step -> {
                      if (step == Step.WRITE_SERVED && notes.incrementAndGet() > 1) {
                        throw new IOException("the process is gone");
                      }
                    }));
    assertThat(notes).hasValueGreaterThan(1);
    second.abort();
    fleet.run(Duration.ofSeconds(5));

    EdgeAgent third = started(fleet.agent("a1").dataDirectory(directory));
    assertThat(third.servedVersions()).containsOnlyKeys(TestFleet.MODEL, another.model());
    third.stop();
    fleet.run(Duration.ofSeconds(5));
  }

  @Test
  void aDamagedFileIsFetchedAgainAfterARestart(@TempDir Path directory) throws Exception {
    EdgeAgent first = started(fleet.agent("a1").dataDirectory(directory));
    ModelManifest one = fleet.publish(1, 0.5f);
    fleet.desire("a1", 1, one);
    fleet.run(Duration.ofSeconds(5));
    first.stop();
    fleet.run(Duration.ofSeconds(5));
    Path weights =
        directory
            .resolve("artifacts")
            .resolve(one.artifact(Role.WEIGHTS).orElseThrow().digest().hex());
    byte[] bytes = Files.readAllBytes(weights);
    bytes[5] ^= 1;
    Files.write(weights, bytes);

    EdgeAgent second = started(fleet.agent("a1").dataDirectory(directory));
    fleet.run(Duration.ofSeconds(10));
    assertThat(second.servedVersions()).isEqualTo(Map.of(TestFleet.MODEL, one.version()));
    assertThat(second.infer(TestFleet.MODEL, new float[] {1, 1, 1, 1}).get("logits"))
        .containsExactly(2, 2, 2);
    second.stop();
    fleet.run(Duration.ofSeconds(5));
  }

  @Test
  void theCacheKeepsTheServedVersionAndTheOneBefore(@TempDir Path directory) throws Exception {
    EdgeAgent agent = started(fleet.agent("a1").dataDirectory(directory));
    for (int version = 1; version <= 5; version++) {
      fleet.desire("a1", version, fleet.publish(version, version));
      fleet.run(Duration.ofSeconds(5));
    }
    try (Stream<Path> files = Files.list(directory.resolve("artifacts"))) {
      // The graph, and the weights of versions 4 and 5.
      assertThat(files).hasSize(3);
    }
    agent.stop();
    fleet.run(Duration.ofSeconds(5));
  }

  @Test
  void aBadLinkOnlyDelays() throws Exception {
    TestFleet bad =
        new TestFleet(
            3, new NetworkFaults(0.1, Duration.ofMillis(5), Duration.ofSeconds(3), 0.1, true));
    EdgeAgent agent = bad.agent("a1").build();
    agent.start();
    for (int version = 1; version <= 6; version++) {
      bad.desire("a1", version, bad.publish(version, version));
      bad.run(Duration.ofSeconds(4));
    }
    bad.run(Duration.ofMinutes(5));
    assertThat(agent.servedVersions()).isEqualTo(Map.of(TestFleet.MODEL, new ModelVersion(6)));
    assertThat(bad.runtime.openModels()).isEqualTo(1);
    agent.stop();
    bad.run(Duration.ofMinutes(1));
    assertThat(bad.runtime.openSessions()).isZero();
  }

  private EdgeAgent started(EdgeAgentBuilder builder) throws IOException {
    EdgeAgent agent = builder.build();
    agent.start();
    fleet.run(Duration.ofSeconds(1));
    return agent;
  }
}
