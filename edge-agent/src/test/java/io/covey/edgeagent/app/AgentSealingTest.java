package io.covey.edgeagent.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.crypto.identity.EncryptionCertificate;
import io.covey.edgeagent.examples.InMemoryExampleStore;
import io.covey.edgeagent.toy.ToyRuntime;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.ArtifactReference.Sealing;
import io.covey.protocols.message.EncryptionKeyAnnounced;
import io.covey.protocols.message.LocalTraining;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.ReportedState.ModelState;
import io.covey.protocols.message.ReportedState.Status;
import io.covey.protocols.message.RoundDeclined;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.SecureAggregationTerms;
import io.covey.protocols.message.UpdateEncoding;
import io.covey.protocols.topic.AgentChannel;
import io.covey.protocols.transport.NetworkFaults;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sealed models on a device: what opens, what does not, and what the agent says of it. */
class AgentSealingTest {
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final TestFleet fleet = new TestFleet(1, NetworkFaults.NONE);

  private EdgeAgent started(EdgeAgentBuilder builder) throws IOException {
    EdgeAgent agent = builder.build();
    agent.start();
    fleet.run(Duration.ofSeconds(1));
    return agent;
  }

  private void desire(String agent, long revision, ModelManifest manifest) {
    fleet.desire(agent, revision, manifest);
    fleet.run(Duration.ofSeconds(5));
  }

  /** What an agent reports of the toy that it does not serve. */
  private String refusal() {
    List<ModelState> states =
        fleet.lastReport().models().stream().filter(s -> s.status() == Status.REFUSED).toList();
    assertThat(states).hasSize(1);
    return states.get(0).detail();
  }

  @Test
  void aSealedVersionServesAndNothingOfItLiesPlainOnTheDisk(@TempDir Path directory)
      throws Exception {
    EdgeAgent agent = started(fleet.agent("a1").dataDirectory(directory));
    desire("a1", 1, fleet.publish(1, 0.5f));
    assertThat(agent.infer(TestFleet.MODEL, new float[] {1, 1, 1, 1}).get("logits"))
        .containsExactly(2, 2, 2);
    assertThat(fleet.heard(EncryptionKeyAnnounced.class)).hasSize(1);
    String plain =
        new String(
            ToyRuntime.file(TestFleet.FEATURES, TestFleet.CLASSES), StandardCharsets.ISO_8859_1);
    List<Path> files;
    try (Stream<Path> all = Files.walk(directory)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    // The two artifacts, the list of what is served, the keys, and more.
    assertThat(files).hasSizeGreaterThan(3);
    for (Path file : files) {
      assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
          .as("%s", file)
          .doesNotContain(plain);
    }
    agent.stop();
    fleet.run(Duration.ofSeconds(5));
  }

  @Test
  void afterARestartWithoutABrokerItOpensWhatItHoldsWithTheKeysThatItKept(@TempDir Path directory)
      throws Exception {
    EdgeAgent first = started(fleet.agent("a1").dataDirectory(directory));
    desire("a1", 1, fleet.publish(1, 0.5f));
    fleet.sealing.beginNextEpoch();
    fleet.grant("a1");
    ModelManifest two = fleet.publish(2, 2f);
    desire("a1", 2, two);
    first.stop();
    fleet.run(Duration.ofSeconds(5));

    fleet.network.stopBroker(Duration.ofDays(1));
    EdgeAgent second = started(fleet.agent("a1").dataDirectory(directory));
    assertThat(second.connected()).isFalse();
    assertThat(second.servedVersions()).isEqualTo(Map.of(TestFleet.MODEL, two.version()));
    assertThat(second.infer(TestFleet.MODEL, new float[] {1, 1, 1, 1}).get("logits"))
        .containsExactly(8, 8, 8);
    second.stop();
    fleet.run(Duration.ofSeconds(5));
  }

  @Test
  void theKeyOfAnotherDeviceOpensNothingAndTheOwnOneDoesWhenItComes() throws Exception {
    fleet.grantsKeys = false;
    EdgeAgent agent = started(fleet.agent("a1"));
    EncryptionCertificate anothers =
        fleet.authority.enrol(new AgentId("a2"), 1).encryption().orElseThrow().certificate();
    fleet.say(
        fleet.topics.agent(agent.id(), AgentChannel.KEY), fleet.sealing.grant(anothers), true);
    ModelManifest one = fleet.publish(1, 0.5f);
    desire("a1", 1, one);
    assertThat(fleet.lastReport().models())
        .extracting(ModelState::status)
        .containsExactly(Status.FETCHING);
    fleet.run(PATIENCE);
    assertThat(refusal())
        .isEqualTo("the fleet's key of epoch 1 has not come: a revoked agent gets none");
    assertThat(agent.servedVersions()).isEmpty();

    fleet.grant("a1");
    fleet.run(Duration.ofSeconds(5));
    assertThat(fleet.lastReport().models()).containsExactly(TestFleet.serving(one));
    agent.stop();
    fleet.run(Duration.ofSeconds(5));
  }

  @Test
  void whoGetsNoLaterKeyKeepsWhatItHasAndOpensNoLaterVersion() throws Exception {
    EdgeAgent revoked = started(fleet.agent("a1"));
    EdgeAgent other = started(fleet.agent("a2"));
    ModelManifest one = fleet.publish(1, 0.5f);
    desire("a1", 1, one);
    desire("a2", 1, one);
    fleet.sealing.beginNextEpoch();
    fleet.sealing.beginNextContentKey();
    fleet.grant("a2");
    ModelManifest two = fleet.publish(2, 2f);
    desire("a2", 2, two);
    desire("a1", 2, two);
    fleet.run(PATIENCE);

    assertThat(other.servedVersions()).isEqualTo(Map.of(TestFleet.MODEL, two.version()));
    assertThat(revoked.servedVersions()).isEqualTo(Map.of(TestFleet.MODEL, one.version()));
    assertThat(refusal()).contains("epoch 2 has not come");
    revoked.stop();
    other.stop();
    fleet.run(Duration.ofSeconds(5));
  }

  @Test
  void anAlteredBlockAndAnotherPlaintextAreRefusedByName() throws Exception {
    EdgeAgent agent = started(fleet.agent("a1"));
    byte[] file = ToyRuntime.file(TestFleet.FEATURES, TestFleet.CLASSES, 0.5f);
    TestSealing.Made made = fleet.sealing.seal(TestFleet.MODEL, Role.GRAPH, file);
    byte[] altered = made.content().toByteArray();
    altered[altered.length - 20] ^= 1;
    // The digest is that of what was altered: whoever alters a file may alter its manifest too.
    desire("a1", 1, version(1, published(altered, made.reference().sealing())));
    assertThat(refusal())
        .isEqualTo("artifact GRAPH does not open: BLOCK_NOT_AUTHENTIC at block 0 of 1");

    Optional<Sealing> promised =
        made.reference()
            .sealing()
            .map(s -> new Sealing(Sha256.of(altered), s.plaintextBytes(), s.keyVersion()));
    desire("a1", 2, version(2, published(made.content().toByteArray(), promised)));
    assertThat(refusal())
        .isEqualTo("artifact GRAPH does not open: OTHER_PLAINTEXT at block 0 of 1");

    Optional<Sealing> longer =
        made.reference()
            .sealing()
            .map(s -> new Sealing(s.plaintext(), s.plaintextBytes() - 1, s.keyVersion()));
    desire("a1", 3, version(3, published(made.content().toByteArray(), longer)));
    assertThat(refusal()).contains("bytes sealed for");
    desire("a1", 4, fleet.publish(4, 0.5f));
    assertThat(agent.servedVersions()).isEqualTo(Map.of(TestFleet.MODEL, new ModelVersion(4)));
    agent.stop();
    fleet.run(Duration.ofSeconds(5));
  }

  private ArtifactReference published(byte[] content, Optional<Sealing> sealing) {
    return fleet.publishBytes(Role.GRAPH, content, Sha256.of(content), sealing);
  }

  private static ModelManifest version(int version, ArtifactReference graph) {
    return new ModelManifest(TestFleet.MODEL, new ModelVersion(version), List.of(graph));
  }

  @Test
  void anAgentWithAnIdentityTakesNothingThatIsNotSealed() throws Exception {
    EdgeAgent agent = started(fleet.agent("a1"));
    byte[] file = ToyRuntime.file(TestFleet.FEATURES, TestFleet.CLASSES, 0.5f);
    desire("a1", 1, version(1, published(file, Optional.empty())));
    assertThat(refusal())
        .isEqualTo("artifact GRAPH is not sealed, and this agent takes only sealed ones");
    agent.stop();
    fleet.run(Duration.ofSeconds(5));
  }

  @Test
  void aRoundWhoseKeysAreOfANewEpochWaitsForTheKeyOfThatEpoch() throws Exception {
    String[] cohort = {"a1", "a2", "a3", "a4"};
    List<EdgeAgent> agents = new ArrayList<>();
    for (String id : cohort) {
      float[] values = new float[10 * TestFleet.FEATURES];
      values[3] = 1;
      InMemoryExampleStore examples =
          new InMemoryExampleStore(TestFleet.FEATURES, values, new int[10]);
      agents.add(started(fleet.agent(id).examples(examples)));
    }
    fleet.sealing.beginNextEpoch();
    fleet.invite(plan(fleet.publish(1, 0.5f)), cohort);
    fleet.run(Duration.ofSeconds(5));
    assertThat(agents).allMatch(agent -> agent.counters().roundsReported() == 0);
    for (String id : cohort) {
      fleet.grant(id);
    }
    fleet.run(Duration.ofSeconds(20));
    assertThat(fleet.heard(RoundDeclined.class)).isEmpty();
    assertThat(agents).allMatch(agent -> agent.counters().roundsReported() == 1);
    agents.forEach(EdgeAgent::stop);
    fleet.run(Duration.ofSeconds(5));
  }

  private static RoundPlan plan(ModelManifest base) {
    int parameters = TestFleet.FEATURES * TestFleet.CLASSES;
    return new RoundPlan(
        new RoundId("r1"),
        base,
        new LocalTraining(1, 10, 0.5f, 0),
        new UpdateEncoding(parameters, 16, 21, 4f, 100, 16f),
        4,
        3,
        Duration.ofMinutes(1),
        new SecureAggregationTerms(
            3,
            3,
            SecureAggregationTerms.Adversary.SEMI_MALICIOUS,
            0.1,
            0,
            40,
            30,
            Duration.ofSeconds(30)),
        RoundPlan.unsigned());
  }
}
