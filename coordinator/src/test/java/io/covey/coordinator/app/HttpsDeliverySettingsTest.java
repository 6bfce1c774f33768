package io.covey.coordinator.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.coordinator.config.CoordinatorSettings;
import io.covey.crypto.identity.x509.MemberName;
import io.covey.crypto.identity.x509.Role;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.message.ArtifactUrl;
import io.covey.protocols.settings.SettingsException;
import io.covey.protocols.settings.SettingsLoader;
import io.covey.protocols.settings.Sources;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From what an operator writes to what is served, or to why nothing is. */
class HttpsDeliverySettingsTest {
  @TempDir private Path data;

  private Sources sources(String listen) {
    return Sources.none()
        .withSet("data-directory", data.toString())
        .withSet("delivery.https.listen", listen);
  }

  private static ServerOptions options(Sources sources) {
    return CoordinatorCommand.serverOptions(
        SettingsLoader.load(CoordinatorSettings.class, sources).value());
  }

  @Test
  void withoutTheSettingThereIsNone() {
    Sources none = Sources.none().withSet("data-directory", data.toString());
    assertThat(options(none).httpsDelivery()).isEmpty();
  }

  @Test
  void withoutMutualTlsItIsRefusedAtTheStart() {
    assertThatThrownBy(
            () -> options(sources("127.0.0.1:8464").withSet("broker.mutual-tls", "false")))
        .isInstanceOf(CommandFailedException.class)
        .hasMessageContaining("delivery.https")
        .hasMessageContaining("broker.mutual-tls");
  }

  @Test
  void inATrialTheCertificateIsMadeForTheHostThatAgentsAreTold() throws Exception {
    HttpsDelivery https =
        options(
                sources("0.0.0.0:8464")
                    .withSet("delivery.https.url", "https://models.example:443")
                    .withSet("delivery.rate", "1MiB"))
            .httpsDelivery()
            .orElseThrow();
    assertThat(MemberName.of(https.own().own()))
        .hasValueSatisfying(name -> assertThat(name.role()).isEqualTo(Role.DELIVERY));
    assertThat(https.own().own().getSubjectAlternativeNames().toString())
        .contains("models.example", "localhost", "127.0.0.1");
    assertThat(https.url(8464)).isEqualTo(new ArtifactUrl("https://models.example:443"));
    assertThat(https.settings().bytesPerSecond()).isEqualTo(1 << 20);
  }

  @Test
  void leftOutTheUrlIsTheAddressThatIsListenedOn() {
    HttpsDelivery https = options(sources("127.0.0.1:0")).httpsDelivery().orElseThrow();
    assertThat(https.url(4711)).isEqualTo(new ArtifactUrl("https://127.0.0.1:4711"));
  }

  @Test
  void anAddressThatNobodyCanConnectToNeedsAUrl() {
    assertThatThrownBy(() -> options(sources("0.0.0.0:8464")))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("url");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://models.example", "https://a@models.example", "https://a/?b"})
  void aUrlThatAgentsWouldRefuseIsRefused(String url) {
    assertThatThrownBy(() -> options(sources("127.0.0.1:0").withSet("delivery.https.url", url)))
        .isInstanceOf(SettingsException.class);
  }
}
