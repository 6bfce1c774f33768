package io.covey.edgeagent.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.models.runtime.Tensor;
import io.covey.models.samples.NamedTensors;
import io.covey.models.samples.SampleFile;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.ReportedState.ModelState;
import io.covey.protocols.message.ReportedState.Status;
import io.covey.protocols.transport.NetworkFaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Versions that bring samples, on an agent that serves version 1 of a model without any. */
class AgentSamplesTest {
  private final TestFleet fleet = new TestFleet(1, NetworkFaults.NONE);
  private ModelManifest one;

  @BeforeEach
  void publishTheFirstVersion() {
    one = fleet.publish(1, 0.5f);
  }

  private EdgeAgent serving(EdgeAgentBuilder builder) throws IOException {
    EdgeAgent agent = builder.build();
    agent.start();
    fleet.desire("a1", 1, one);
    fleet.run(Duration.ofSeconds(5));
    assertThat(agent.servedVersions()).isEqualTo(Map.of(TestFleet.MODEL, one.version()));
    return agent;
  }

  /** The toy's answer to ones is its weight times the number of features. */
  private static byte[] answers(float weight, int count) {
    float sum = TestFleet.FEATURES * weight;
    return SampleFile.write(
        Collections.nCopies(
            count,
            NamedTensors.of(
                Map.of("logits", Tensor.ofFloats(List.of(1, TestFleet.CLASSES), sum, sum, sum)))));
  }

  private static byte[] inputs(String name, int features, int count) {
    float[] ones = new float[features];
    Arrays.fill(ones, 1);
    return SampleFile.write(
        Collections.nCopies(
            count, NamedTensors.of(Map.of(name, Tensor.ofFloats(List.of(1, features), ones)))));
  }

  private static byte[] inputs() {
    return inputs("x", TestFleet.FEATURES, 2);
  }

  private ModelManifest with(ModelManifest version, byte[] inputs, byte[] expected) {
    List<ArtifactReference> files = new ArrayList<>(version.artifacts());
    files.add(fleet.publishArtifact(Role.SAMPLE_INPUTS, inputs));
    files.add(fleet.publishArtifact(Role.EXPECTED_OUTPUTS, expected));
    return new ModelManifest(version.model(), version.version(), files);
  }

  private void requireRefused(EdgeAgent agent, ModelManifest version, String why) {
    fleet.desire("a1", version.version().number(), version);
    fleet.run(Duration.ofSeconds(10));
    assertThat(agent.servedVersions()).isEqualTo(Map.of(TestFleet.MODEL, one.version()));
    assertThat(fleet.runtime.openModels()).isEqualTo(1);
    ModelState state = fleet.lastReport().models().get(1);
    assertThat(state.version()).isEqualTo(version.version());
    assertThat(state.status()).isEqualTo(Status.REFUSED);
    assertThat(state.detail()).startsWith(why);
  }

  @Test
  void aVersionThatAnswersAsItsReleaseExpectsIsServed() throws Exception {
    EdgeAgent agent = serving(fleet.agent("a1"));
    ModelManifest two = with(fleet.publish(2, 2f), inputs(), answers(2f, 2));
    fleet.desire("a1", 2, two);
    fleet.run(Duration.ofSeconds(5));
    assertThat(agent.servedVersions()).isEqualTo(Map.of(TestFleet.MODEL, two.version()));
    // A little off, as other processors are.
    ModelManifest three = with(fleet.publish(3, 3f), inputs(), answers(3.1f, 2));
    fleet.desire("a1", 3, three);
    fleet.run(Duration.ofSeconds(5));
    assertThat(fleet.lastReport().models()).containsExactly(TestFleet.serving(three));
  }

  @Test
  void oneThatAnswersOtherwiseIsRefusedWithTheFirstWrongValue() throws Exception {
    requireRefused(
        serving(fleet.agent("a1")),
        with(fleet.publish(2, 2f), inputs(), answers(3f, 2)),
        "the self-test failed: WRONG_ANSWERS: sample 0, output 'logits': value 0 is 8.00000,"
            + " expected 12.0000 and at most 0.600 away");
  }

  @Test
  void filesThatAreNoSamplesOrNotTheModelsAreRefusedByName() throws Exception {
    EdgeAgent agent = serving(fleet.agent("a1"));
    byte[] good = inputs();
    byte[] damaged = good.clone();
    damaged[4] = 9;
    requireRefused(
        agent,
        with(fleet.publish(2, 2f), damaged, answers(2f, 2)),
        "artifact SAMPLE_INPUTS: the samples are damaged: version 9 of the format, known is 1");
    requireRefused(
        agent,
        with(fleet.publish(3, 3f), good, new byte[] {1}),
        "artifact EXPECTED_OUTPUTS: the samples are damaged: the file has 1 bytes");
    requireRefused(
        agent,
        with(fleet.publish(4, 4f), good, answers(4f, 1)),
        "the version has 2 sample inputs and 1 expected outputs, expected as many of both");
    requireRefused(
        agent,
        with(fleet.publish(5, 5f), inputs("y", TestFleet.FEATURES, 1), answers(5f, 1)),
        "the self-test failed: REFUSED: the sample inputs do not fit the model");
    requireRefused(
        agent,
        with(fleet.publish(6, 6f), inputs("x", TestFleet.FEATURES + 1, 1), answers(6f, 1)),
        "the self-test failed: REFUSED: the sample inputs do not fit the model");
  }

  @Test
  void samplesThatDoNotComeKeepTheOldVersionServing() throws Exception {
    EdgeAgent agent = serving(fleet.agent("a1"));
    List<ArtifactReference> files = new ArrayList<>(fleet.publish(2, 2f).artifacts());
    files.add(fleet.named(Role.SAMPLE_INPUTS, inputs()));
    files.add(fleet.publishArtifact(Role.EXPECTED_OUTPUTS, answers(2f, 2)));
    ModelManifest two = new ModelManifest(one.model(), one.version().next(), files);
    fleet.desire("a1", 2, two);
    fleet.run(Duration.ofMinutes(1));
    assertThat(agent.servedVersions()).isEqualTo(Map.of(TestFleet.MODEL, one.version()));
    fleet.publishArtifact(Role.SAMPLE_INPUTS, inputs());
    fleet.run(Duration.ofMinutes(5));
    assertThat(agent.servedVersions()).isEqualTo(Map.of(TestFleet.MODEL, two.version()));
  }

  @Test
  void whatAnsweredOnceAnswersAfterARestartWithoutItsSamples(@TempDir Path directory)
      throws Exception {
    EdgeAgent first = serving(fleet.agent("a1").dataDirectory(directory));
    ModelManifest two = with(fleet.publish(2, 2f), inputs(), answers(2f, 2));
    fleet.desire("a1", 2, two);
    fleet.run(Duration.ofSeconds(5));
    ModelManifest three = with(fleet.publish(3, 3f), inputs(), answers(3f, 2));
    fleet.desire("a1", 3, three);
    fleet.run(Duration.ofSeconds(5));
    assertThat(file(directory, three, Role.WEIGHTS)).exists();
    // The inputs are those of the next version too; what was expected is of no more use.
    assertThat(file(directory, three, Role.SAMPLE_INPUTS)).exists();
    assertThat(file(directory, two, Role.EXPECTED_OUTPUTS)).doesNotExist();
    assertThat(file(directory, three, Role.EXPECTED_OUTPUTS)).doesNotExist();
    first.stop();
    fleet.run(Duration.ofSeconds(5));

    Files.delete(file(directory, three, Role.SAMPLE_INPUTS));
    fleet.network.stopBroker(Duration.ofDays(1));
    EdgeAgent second = fleet.agent("a1").dataDirectory(directory).build();
    second.start();
    fleet.run(Duration.ofSeconds(1));
    assertThat(second.connected()).isFalse();
    assertThat(second.servedVersions()).isEqualTo(Map.of(TestFleet.MODEL, three.version()));
    second.stop();
    fleet.run(Duration.ofSeconds(5));
  }

  private static Path file(Path directory, ModelManifest version, Role role) {
    return directory
        .resolve("artifacts")
        .resolve(version.artifact(role).orElseThrow().digest().hex());
  }
}
