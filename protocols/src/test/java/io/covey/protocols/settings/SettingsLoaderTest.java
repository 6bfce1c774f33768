package io.covey.protocols.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.covey.protocols.id.AgentId;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsLoaderTest {
  @TempDir Path folder;

  enum Optimizer {
    FED_AVG,
    FED_ADAM
  }

  record Link(
      @Setting(help = "Where the broker is.", preset = "localhost:1883") HostPort broker,
      @Setting(help = "Between pings.", preset = "30s", min = "5s", max = "20m") Duration keepAlive,
      @Setting(help = "Password.") Optional<Secret> password) {}

  record Window(
      @Setting(help = "From hour.", preset = "0", min = "0", max = "23") int from,
      @Setting(help = "To hour.", preset = "23", min = "0", max = "23") int to) {
    Window {
      if (from > to) {
        throw new IllegalArgumentException("from " + from + " is after to " + to);
      }
    }
  }

  record Device(
      @Setting(help = "Its name.") AgentId id,
      @Setting(help = "Its link.") Link mqtt,
      @Setting(help = "Upload limit.", preset = "120KiB", max = "1MiB") DataSize chunk,
      @Setting(help = "Optimizer.", preset = "fed-avg") Optimizer optimizer,
      @Setting(help = "Rate.", preset = "0.1", min = "0", max = "1") double rate,
      @Setting(help = "Bytes kept.", preset = "5000000000") long kept,
      @Setting(help = "Whether it trains.", preset = "true") boolean trains,
      @Setting(help = "Where data is kept.", preset = "data") Path data,
      @Setting(help = "Models.") List<String> models,
      @Setting(help = "When to train.") List<Window> windows,
      @Setting(help = "Free labels.") Map<String, String> labels,
      @Setting(help = "Web hook.") Optional<URI> hook,
      @Setting(help = "A quiet time.") Optional<Window> quiet) {}

  private Sources file(String... lines) throws IOException {
    Path file = folder.resolve("agent.yaml");
    Files.writeString(file, String.join("\n", lines) + "\n");
    return Sources.none().withFile(file);
  }

  private static List<String> problems(Sources sources) {
    SettingsException failure =
        catchThrowableOfType(
            SettingsException.class, () -> SettingsLoader.load(Device.class, sources));
    return failure.problems().stream().map(Problem::toString).toList();
  }

  private Device load(Sources sources) {
    return SettingsLoader.load(Device.class, sources).value();
  }

  @Test
  void defaultsFillWhatNobodyGives() throws IOException {
    Device device = load(file("id: pump-7"));

    assertThat(device.id()).isEqualTo(new AgentId("pump-7"));
    assertThat(device.mqtt().broker()).isEqualTo(new HostPort("localhost", 1883));
    assertThat(device.mqtt().keepAlive()).isEqualTo(Duration.ofSeconds(30));
    assertThat(device.mqtt().password()).isEmpty();
    assertThat(device.chunk()).isEqualTo(new DataSize(120 * 1024));
    assertThat(device.optimizer()).isEqualTo(Optimizer.FED_AVG);
    assertThat(device.kept()).isEqualTo(5_000_000_000L);
    assertThat(device.models()).isEmpty();
    assertThat(device.labels()).isEmpty();
    assertThat(device.quiet()).isEmpty();
  }

  @Test
  void fileBeatsDefaultsEnvironmentBeatsFileAndFlagsBeatAll() throws IOException {
    Sources sources =
        file("id: from-file", "mqtt: {broker: 'file:1', keep-alive: 10s}", "rate: 0.2")
            .withEnvironment(
                Map.of("COVEY_ID", "from-env", "COVEY_MQTT_KEEP_ALIVE", "11s", "PATH", "/bin"))
            .withSet("id", "from-set")
            .withFlag("--name", "id", "from-flag");

    Device device = load(sources);

    assertThat(device.id().value()).isEqualTo("from-flag");
    assertThat(device.mqtt().keepAlive()).isEqualTo(Duration.ofSeconds(11));
    assertThat(device.mqtt().broker()).isEqualTo(new HostPort("file", 1));
    assertThat(device.rate()).isEqualTo(0.2);
  }

  @Test
  void everyKindOfValueIsRead() throws IOException {
    Device device =
        load(
            file(
                "id: pump-7",
                "chunk: 64KiB",
                "optimizer: fed-adam",
                "kept: 12",
                "trains: false",
                "data: ../store",
                "models: [digits, 'a, b']",
                "windows:",
                "  - {from: 1, to: 5}",
                "  - from: 22",
                "labels: {site: berlin, 'no': yes}",
                "hook: https://example.org/x?y=1",
                "quiet:",
                "  to: 3"));

    assertThat(device.chunk().bytes()).isEqualTo(65_536);
    assertThat(device.optimizer()).isEqualTo(Optimizer.FED_ADAM);
    assertThat(device.trains()).isFalse();
    assertThat(device.data()).isEqualTo(folder.resolveSibling("store"));
    assertThat(device.models()).containsExactly("digits", "a, b");
    assertThat(device.windows()).containsExactly(new Window(1, 5), new Window(22, 23));
    assertThat(device.labels()).isEqualTo(Map.of("site", "berlin", "no", "yes"));
    assertThat(device.hook()).contains(URI.create("https://example.org/x?y=1"));
    assertThat(device.quiet()).contains(new Window(0, 3));
  }

  @Test
  void everyProblemIsReportedAtOnceWithItsPlace() throws IOException {
    String file = folder.resolve("agent.yaml").toString();
    Sources sources =
        file(
                "mqtt:",
                "  keepalive: 30s",
                "  broker: nowhere",
                "chunk: 2MiB",
                "optimizer: sgd",
                "rate: fast",
                "windows:",
                "  - {from: 9, to: 5}",
                "  - {from: 24}",
                "labels: 3")
            .withEnvironment(Map.of("COVEY_TRAINS", "yes", "COVEY_MQTT_KEPALIVE", "1s"))
            .withSet("kept", "many")
            .withSet("labels", "a");

    assertThat(problems(sources))
        .containsExactlyInAnyOrder(
            "environment variable COVEY_MQTT_KEPALIVE: there is no such setting;"
                + " did you mean COVEY_MQTT_KEEP_ALIVE?",
            file + ":4: chunk: \"2MiB\" is out of range: expected a size such as 120KiB up to 1MiB",
            "id: it must be given: expected an agent id, in the file, as COVEY_ID"
                + " or with --set id=...",
            "--set: kept: \"many\" cannot be used: expected a whole number of at most "
                + Long.MAX_VALUE,
            "--set: labels: it can only be given in the file",
            file + ":10: labels: expected keys with values, found a single value",
            file
                + ":3: mqtt.broker: \"nowhere\" cannot be used: expected host:port,"
                + " such as localhost:1883 or [::1]:1883",
            file + ":2: mqtt.keepalive: there is no such setting; did you mean mqtt.keep-alive?",
            file + ":5: optimizer: \"sgd\" cannot be used: expected one of fed-avg, fed-adam",
            file + ":6: rate: \"fast\" cannot be used: expected a number such as 0.5",
            "environment variable COVEY_TRAINS: trains: \"yes\" cannot be used:"
                + " expected true or false",
            file + ":8: windows[0]: from 9 is after to 5",
            file
                + ":9: windows[1].from: \"24\" is out of range:"
                + " expected a whole number from 0 to 23");
  }

  @Test
  void boundsAreInclusive() throws IOException {
    assertThat(load(file("id: a", "mqtt: {keep-alive: 5s}")).mqtt().keepAlive())
        .isEqualTo(Duration.ofSeconds(5));
    assertThat(load(file("id: a", "mqtt: {keep-alive: 20m}")).mqtt().keepAlive())
        .isEqualTo(Duration.ofMinutes(20));
    assertThat(problems(file("id: a", "mqtt: {keep-alive: 4999ms}"))).hasSize(1);
    assertThat(problems(file("id: a", "mqtt: {keep-alive: 1200001ms}"))).hasSize(1);
  }

  @Test
  void aSecretComesFromTheFileThatIsNamed() throws IOException {
    Files.writeString(folder.resolve("word"), "hunter2\r\n");

    Settings<Device> settings =
        SettingsLoader.load(Device.class, file("id: a", "mqtt: {password-file: word}"));

    Secret secret = settings.value().mqtt().password().orElseThrow();
    assertThat(new String(secret.revealCopy(), StandardCharsets.UTF_8)).isEqualTo("hunter2");
    assertThat(settings.value().toString()).doesNotContain("hunter2").contains("(redacted)");
    assertThat(settings.text()).doesNotContain("hunter2").contains("(redacted)");
  }

  @Test
  void aSecretGivenAsAValueIsRefusedWithoutRepeatingIt() throws IOException {
    assertThat(problems(file("id: a", "mqtt: {password: hunter2}")))
        .singleElement()
        .asString()
        .contains("did you mean mqtt.password-file?")
        .doesNotContain("hunter2");
    assertThat(problems(file("id: a", "mqtt: {password-file: hunter2}")))
        .singleElement()
        .asString()
        .contains("there is no such file")
        .doesNotContain("hunter2");
  }

  @Test
  void listsComeFromOneTextPartedByCommas() throws IOException {
    Device device =
        load(file("id: a", "models: [x]").withEnvironment(Map.of("COVEY_MODELS", "digits, faces")));

    assertThat(device.models()).containsExactly("digits", "faces");
    assertThat(problems(file("id: a", "models: digits")))
        .singleElement()
        .asString()
        .contains("expected a list, found a single value");
  }

  @Test
  void aVariableAloneBringsAnOptionalSectionAboutWithItsDefaults() throws IOException {
    Device device = load(file("id: a").withEnvironment(Map.of("COVEY_QUIET_FROM", "7")));

    assertThat(device.quiet()).contains(new Window(7, 23));
  }

  @Test
  void theProgramsOwnVariablesAreNoSettings() throws IOException {
    Device device =
        load(file("id: a").withEnvironment(Map.of("COVEY_LOG_LEVEL", "debug", "COVEY_RATE", "")));

    assertThat(device.rate()).isEqualTo(0.1);
  }

  @Test
  void printedSettingsAreReadBackAsTheSame() throws IOException {
    Settings<Device> first =
        SettingsLoader.load(
            Device.class,
            file(
                "id: pump-7",
                "models: ['a: b', \"tab\\there\", '[x']",
                "windows: [{from: 2, to: 4}]",
                "labels: {'odd key': '- 1'}",
                "mqtt: {broker: '[::1]:99', keep-alive: 90s}"));

    Settings<Device> again = SettingsLoader.load(Device.class, file(first.text()));

    assertThat(again.value()).isEqualTo(first.value());
    assertThat(first.text())
        .contains("# Between pings.\n  keep-alive: 90s  # " + folder.resolve("agent.yaml") + ":5")
        .contains("rate: 0.1  # default");
  }

  @Test
  void filesThatAreNoSettingsAreRefusedByName() throws IOException {
    assertThat(problems(file("id: a", "id: b")))
        .singleElement()
        .asString()
        .contains(":2: id: the key is given twice");
    assertThat(problems(file("- a"))).anyMatch(problem -> problem.contains("found a list"));
    assertThat(problems(file("id: a", "mqtt: [")))
        .anyMatch(problem -> problem.contains("it is not YAML"));
    assertThat(problems(file("id: &x a", "models: [*x, *x]")))
        .anyMatch(problem -> problem.contains("aliases"));
    assertThat(problems(file("labels: &x {a: *x}")))
        .anyMatch(problem -> problem.contains("aliases"));
    assertThat(problems(file("id: " + "[".repeat(100_000))))
        .anyMatch(problem -> problem.contains("levels"));
    assertThat(problems(file("id: a", "---", "id: b")))
        .anyMatch(problem -> problem.contains("a second one"));
    assertThat(problems(file("id: a", "{x: y}: [1, {z: 2}]", "?? : b")))
        .anyMatch(problem -> problem.contains("expected a plain key"));
    assertThat(problems(file("id: a", "x: " + "y".repeat(YamlFile.MAX_SIZE_BYTES))))
        .anyMatch(problem -> problem.contains("longer than"));
    assertThat(problems(Sources.none().withFile(folder.resolve("none.yaml"))))
        .anyMatch(problem -> problem.contains("there is no such file"));
    Files.write(folder.resolve("latin.yaml"), new byte[] {'i', 'd', ':', ' ', (byte) 0xe4});
    assertThat(problems(Sources.none().withFile(folder.resolve("latin.yaml"))))
        .anyMatch(problem -> problem.contains("not UTF-8"));
    assertThat(problems(file("id: !!java.io.File [/tmp]"))).isNotEmpty();
  }

  @Test
  void emptyFilesAndKeysWithoutValuesLeaveTheDefaults() throws IOException {
    assertThat(load(file("").withSet("id", "a")).mqtt().broker().port()).isEqualTo(1883);
    assertThat(load(file("# only a comment").withSet("id", "a")).rate()).isEqualTo(0.1);
    assertThat(load(file("id: a", "mqtt:", "rate: ~", "quiet:")).quiet()).isEmpty();
    assertThat(problems(file("id: a", "nonsense:")))
        .singleElement()
        .asString()
        .contains("nonsense");
  }

  @Test
  void aMistakeInASettingsRecordIsAProgrammersBug() {
    record NoMeaning(int port) {}
    record NoSuchType(@Setting(help = "x") Thread thread) {}
    record Twins(@Setting(help = "x") Inner a, @Setting(help = "x") Optional<String> aB) {
      record Inner(@Setting(help = "x") Optional<String> b) {}
    }

    assertThatThrownBy(() -> SettingsLoader.load(NoMeaning.class, Sources.none()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no @Setting");
    assertThatThrownBy(() -> SettingsLoader.load(NoSuchType.class, Sources.none()))
        .hasMessageContaining("cannot be a setting");
    assertThatThrownBy(() -> SettingsLoader.load(Twins.class, Sources.none()))
        .hasMessageContaining("share a variable");
  }
}
