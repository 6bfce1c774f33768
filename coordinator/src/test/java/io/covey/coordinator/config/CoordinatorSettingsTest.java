package io.covey.coordinator.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.covey.coordinator.broker.BrokerSettings;
import io.covey.coordinator.http.HttpSettings;
import io.covey.coordinator.round.ServerOptimization;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.coordinator.store.DatabaseSettings;
import io.covey.coordinator.training.RoundLimits;
import io.covey.protocols.settings.HostPort;
import io.covey.protocols.settings.Problem;
import io.covey.protocols.settings.SettingsException;
import io.covey.protocols.settings.SettingsLoader;
import io.covey.protocols.settings.Sources;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoordinatorSettingsTest {
  @TempDir Path directory;

  private static CoordinatorSettings load(Sources sources) {
    return SettingsLoader.load(CoordinatorSettings.class, sources).value();
  }

  private Sources file(String text) throws IOException {
    return Sources.none().withFile(Files.writeString(directory.resolve("coordinator.yaml"), text));
  }

  private static List<Problem> problems(Sources sources) {
    return catchThrowableOfType(SettingsException.class, () -> load(sources)).problems();
  }

  private static String example() throws IOException {
    try (InputStream resource =
        CoordinatorSettings.class.getResourceAsStream(CoordinatorSettings.EXAMPLE)) {
      assertThat(resource).isNotNull();
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void defaultsAreSafeAndComplete() {
    CoordinatorSettings settings = load(Sources.none());
    assertThat(settings.databaseSettings())
        .isEqualTo(DatabaseSettings.h2File(Path.of("covey-data").resolve("coordinator")));
    assertThat(settings.http().listen().host()).isEqualTo("127.0.0.1");
    assertThat(settings.training().plan()).isEqualTo(TrainingPlan.standard());
    assertThat(settings.roundLimits()).isEqualTo(RoundLimits.standard());
    assertThat(settings.httpSettings())
        .isEqualTo(HttpSettings.onLoopback(8080, settings.dataDirectory().resolve("uploads")));
    BrokerSettings broker = settings.embeddedBroker("covey/c").orElseThrow();
    assertThat(broker.bindAddress()).isEqualTo("127.0.0.1");
    assertThat(broker.limits()).isEqualTo(BrokerSettings.Limits.standard());
    assertThat(broker.directory()).contains(settings.dataDirectory().resolve("broker"));
  }

  @Test
  void theExampleFileHoldsEveryKeyWithItsDefault() throws IOException {
    CoordinatorSettings fromExample = load(file(example()));
    CoordinatorSettings defaults = load(Sources.none());
    assertThat(fromExample)
        .usingRecursiveComparison()
        .ignoringFields("dataDirectory")
        .isEqualTo(defaults);
    List<String> keys =
        SettingsLoader.load(CoordinatorSettings.class, Sources.none())
            .text()
            .lines()
            .map(String::strip)
            .filter(line -> line.matches("(# )?[a-z-]+:( .*)?"))
            .map(line -> line.replaceFirst("# ", "").replaceFirst(":.*", ":"))
            .toList();
    assertThat(keys).hasSizeGreaterThan(30);
    assertThat(example().lines().map(line -> line.strip().replaceFirst("^# ", "")).toList())
        .satisfies(
            lines ->
                keys.forEach(key -> assertThat(lines).anyMatch(line -> line.startsWith(key), key)));
  }

  @Test
  void everyProblemIsListedAtOnce() throws IOException {
    List<Problem> problems =
        problems(
            file(
                """
                fleet: two words
                colour: blue
                database:
                  url: jdbc:mysql://db/covey
                http:
                  listen: 0.0.0.0:8080
                broker:
                  listen: 192.168.1.7:1883
                  receive-maximum: 0
                training:
                  cohort-size: 3
                  minimum-reports: 4
                  aggregation:
                    dropout-fraction: 0.5
                  server-optimizer:
                    algorithm: sgd
                limits:
                  maximum-model: 4TiB
                """));
    assertThat(problems)
        .extracting(Problem::key)
        .containsExactly(
            "broker.receive-maximum",
            "colour",
            "database",
            "fleet",
            "http",
            "limits.maximum-model",
            "training.aggregation.dropout-fraction",
            "training.cohort-size",
            "training.server-optimizer.algorithm");
    assertThat(problems).allSatisfy(problem -> assertThat(problem.place()).contains(".yaml:"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "192.168.1.7", "[::]", "example.org", "127.0.0.1.example.org"})
  void nothingListensBeyondThisMachineUnlessSaidSo(String host) {
    Sources exposed =
        Sources.none()
            .withSet("http.listen", host + ":8080")
            .withSet("broker.listen", host + ":1883")
            .withSet("broker.mutual-tls", "false");
    assertThat(problems(exposed)).extracting(Problem::key).containsExactly("broker", "http");
    assertThat(problems(exposed))
        .allSatisfy(problem -> assertThat(problem.explanation()).contains("insecure: true"));

    CoordinatorSettings allowed =
        load(exposed.withSet("http.insecure", "true").withSet("broker.insecure", "true"));
    assertThat(allowed.http().listen().port()).isEqualTo(8080);
  }

  @Test
  void theBrokerTakesClientsByTheirCertificatesAndMayListenAnywhereThen() {
    CoordinatorSettings standard = load(Sources.none());
    assertThat(standard.broker().usesTls()).isTrue();
    assertThat(standard.broker().toldToAgents()).contains(URI.create("mqtts://localhost:8883"));
    CoordinatorSettings exposed =
        load(
            Sources.none()
                .withSet("broker.listen", "0.0.0.0:18883")
                .withSet("broker.hosts", "broker.example,10.0.0.3"));
    assertThat(exposed.broker().toldToAgents())
        .contains(URI.create("mqtts://broker.example:18883"));
    assertThat(load(Sources.none().withSet("broker.listen", "0.0.0.0:0")).broker().toldToAgents())
        .as("not known before it listens")
        .isEmpty();
    assertThat(
            load(Sources.none().withSet("broker.uri", "mqtt://broker.example:1883"))
                .broker()
                .toldToAgents())
        .isEmpty();
  }

  @Test
  void whoeverNamesNoKeysTriesThingsOutAndHasAnIssuingService() {
    assertThat(load(Sources.none()).issuingService()).contains(new HostPort("127.0.0.1", 8463));
    Sources other = Sources.none().withSet("identity.serve", "127.0.0.1:18463");
    assertThat(load(other).issuingService()).contains(new HostPort("127.0.0.1", 18463));
    Sources owned = Sources.none().withSet("identity.directory", "/etc/covey/authority");
    assertThat(load(owned).issuingService()).isEmpty();
    assertThat(load(owned.withSet("identity.serve", "127.0.0.1:1")).issuingService()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.8.0.1", "[::1]", "localhost", "LocalHost"})
  void loopbackNeedsNoPermission(String host) {
    CoordinatorSettings settings =
        load(
            Sources.none()
                .withSet("http.listen", host + ":0")
                .withSet("broker.listen", host + ":0"));
    assertThat(settings.embeddedBroker("covey/c")).isPresent();
  }

  @Test
  void anExternalBrokerStandsForTheEmbeddedOne() {
    CoordinatorSettings settings =
        load(Sources.none().withSet("broker.uri", "mqtt://broker.example:1883"));
    assertThat(settings.embeddedBroker("covey/c")).isEmpty();
    assertThat(settings.broker().uri()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://broker:1883", "mqtt://broker", "mqtt://me:secret@broker:1883", "broker"})
  void aBrokerOfAnotherFormIsRefused(String uri) {
    assertThat(problems(Sources.none().withSet("broker.uri", uri)))
        .singleElement()
        .satisfies(problem -> assertThat(problem.explanation()).contains("mqtt://host:port"));
  }

  @Test
  void theDatabasePasswordComesFromAFileAndIsNotPrinted() throws IOException {
    Files.writeString(directory.resolve("secret"), "s3cret\n");
    Sources sources =
        file(
            """
            database:
              url: jdbc:postgresql://db/covey
              user: covey
              password-file: secret
            """);
    CoordinatorSettings settings = load(sources);
    DatabaseSettings database = settings.databaseSettings();
    assertThat(database.user()).contains("covey");
    assertThat(database.password().orElseThrow().revealCopy())
        .isEqualTo("s3cret".getBytes(StandardCharsets.UTF_8));
    assertThat(SettingsLoader.load(CoordinatorSettings.class, sources).text() + settings)
        .doesNotContain("s3cret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:h2:file:x;WRITE_DELAY=10000",
        "jdbc:postgresql://db/covey?user=me&password=s3cret",
        "jdbc:h2:tcp://elsewhere/x"
      })
  void aDatabaseUrlThatWeakensOrLeaksIsRefused(String url) {
    assertThat(problems(Sources.none().withSet("database.url", url)))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.key()).isEqualTo("database");
              assertThat(problem.explanation()).doesNotContain("s3cret");
            });
  }

  @Test
  void theOptimizersConstantsAreItsOwnUnlessGiven() {
    Sources adam = Sources.none().withSet("training.server-optimizer.algorithm", "fed-adam");
    assertThat(load(adam).training().plan().optimization())
        .isEqualTo(ServerOptimization.of(ServerOptimization.Algorithm.FED_ADAM));
    assertThat(
            load(adam.withSet("training.server-optimizer.adaptivity", "0.5"))
                .training()
                .plan()
                .optimization()
                .adaptivity())
        .isEqualTo(0.5f);
  }

  @Test
  void aPlanThatCannotBeIsRefused() {
    assertThat(problems(Sources.none().withSet("training.maximum-weight", "4096")))
        .singleElement()
        .satisfies(problem -> assertThat(problem.explanation()).contains("at most 4095"));
    assertThat(problems(Sources.none().withSet("training.minimum-reports", "9")))
        .singleElement()
        .satisfies(problem -> assertThat(problem.explanation()).contains("cohort-size 8"));
    assertThat(problems(Sources.none().withSet("training.aggregation.corrupt-fraction", "0.4")))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.key()).isEqualTo("training");
              assertThat(problem.explanation()).contains("3 of 8 may be corrupt");
            });
  }

  @Test
  void withoutPersistenceTheBrokerHasNoDirectory() {
    CoordinatorSettings settings = load(Sources.none().withSet("broker.persistent", "false"));
    assertThat(settings.embeddedBroker("covey/c").orElseThrow().directory()).isEmpty();
  }
}
