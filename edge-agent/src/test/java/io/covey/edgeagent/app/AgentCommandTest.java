package io.covey.edgeagent.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.edgeagent.config.AgentSettings;
import io.covey.edgeagent.mqtt.FetchSettings;
import io.covey.edgeagent.selftest.ChildLimits;
import io.covey.edgeagent.selftest.SelfTestMode;
import io.covey.edgeagent.serving.HttpSettings;
import io.covey.edgeagent.session.ParticipationLimits;
import io.covey.edgeagent.session.Probation;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.launch.CoveyCommand;
import io.covey.protocols.settings.SettingsException;
import io.covey.protocols.settings.SettingsLoader;
import io.covey.protocols.settings.Sources;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentCommandTest {
  @TempDir private Path directory;

  private static AgentSettings load(Sources sources) {
    return SettingsLoader.load(AgentSettings.class, sources).value();
  }

  private Path file(String text) throws Exception {
    return Files.writeString(directory.resolve("agent.yaml"), text);
  }

  @Test
  void theLauncherFindsTheCommand() {
    assertThat(ServiceLoader.load(CoveyCommand.class).stream())
        .anyMatch(provider -> provider.type().equals(AgentCommand.class));
  }

  @Test
  void theExampleFileHoldsTheDefaults() throws Exception {
    String example;
    try (InputStream in =
        Objects.requireNonNull(AgentSettings.class.getResourceAsStream(AgentSettings.EXAMPLE))) {
      example = new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    }
    AgentSettings fromFile = load(Sources.none().withFile(file(example)));
    AgentSettings bare =
        load(Sources.none().withFile(file("id: agent-1\ndata-directory: covey-agent\n")));
    assertThat(fromFile).isEqualTo(bare);
    // What is commented out is right too.
    String whole = example.replaceAll("(?m)^# ( *[a-z-]+:|  )", "$1");
    AgentSettings withExamples = load(Sources.none().withFile(file(whole)));
    assertThat(withExamples.examples().orElseThrow().features()).containsExactly("p0..p63");
  }

  @Test
  void theDefaultsOfTheFileAreThoseOfTheCode() {
    AgentSettings settings = load(Sources.none().withEnvironment(Map.of("COVEY_ID", "a1")));
    assertThat(settings.models().fetching()).isEqualTo(FetchSettings.DEFAULT);
    assertThat(settings.training().limits()).isEqualTo(ParticipationLimits.DEFAULT);
    assertThat(settings.training().minima()).isEqualTo(ParticipationLimits.DEFAULT_MINIMA);
    assertThat(settings.serving().httpSettings()).contains(HttpSettings.DEFAULT);
    assertThat(settings.serving().selfTest()).isEqualTo(SelfTestMode.CHILD_PROCESS);
    assertThat(settings.serving().selfTestLimits()).isEqualTo(ChildLimits.DEFAULT);
    assertThat(settings.serving().probationTerms()).isEqualTo(Probation.Terms.DEFAULT);
    assertThat(settings.examples()).isEmpty();
    assertThat(settings.broker().transport(settings.id()).server())
        .hasToString("mqtt://127.0.0.1:1883");
  }

  @Test
  void everythingThatIsWrongIsSaidAtOnce() throws Exception {
    Path file =
        file(
            """
            id: "not an id"
            broker:
              uri: http://broker
            serving:
              listen: nowhere
              sessions: 0
            training:
              minimum-clip-norm: 5
              maximum-clip-norm: 1
            examples:
              file: x.csv
              features: [p5..p1]
            colour: green
            """);
    Assertions.assertThatThrownBy(() -> load(Sources.none().withFile(file)))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("id")
        .hasMessageContaining("mqtt://host:port")
        .hasMessageContaining("listen")
        .hasMessageContaining("sessions")
        .hasMessageContaining("maximum-clip-norm is below")
        .hasMessageContaining("p5..p1")
        .hasMessageContaining("colour");
  }

  @Test
  void theIdentityOfAnotherFleetIsRefused() {
    TrialAuthority elsewhere = TrialAuthority.create(new FleetId("elsewhere"), new Ed25519());
    EdgeAgentBuilder builder = EdgeAgent.builder(new AgentId("kitchen"), new FleetId("home"));
    Assertions.assertThatThrownBy(
            () -> builder.identity(elsewhere.enrol(new AgentId("kitchen"), 1)))
        .hasMessageContaining("agent kitchen of fleet elsewhere, expected kitchen of home");
  }

  @Test
  void withoutAnIdentityThereIsNothingToTrainOn() throws Exception {
    Files.writeString(directory.resolve("x.csv"), "a,label\n1,0\n2,1\n");
    AgentSettings settings =
        load(Sources.none().withFile(file("id: a1\nexamples:\n  file: x.csv\n  features: [a]\n")));
    assertThat(AgentMembership.of(settings)).isEmpty();
    assertThat(AgentCommand.examples(settings, false).size()).isZero();
    assertThat(AgentCommand.examples(settings, true).size()).isEqualTo(2);
  }
}
