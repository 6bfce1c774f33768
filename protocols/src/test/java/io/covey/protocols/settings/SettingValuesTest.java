package io.covey.protocols.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingValuesTest {
  @TempDir Path folder;

  record Held(
      @Setting(help = "x", preset = "1s") Duration pause,
      @Setting(help = "x", preset = "0.5") double rate,
      @Setting(help = "x", preset = "1") int count) {}

  private static Held held(String key, String value) {
    return SettingsLoader.load(Held.class, Sources.none().withSet(key, value)).value();
  }

  private static Secret secret(String text) {
    return Secret.copyOf(text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource({"0B,0", "512B,512", "1 KiB,1024", "120KiB,122880", "4MiB,4194304", "3GiB,3221225472"})
  void sizesAreReadWithTheirUnit(String text, long bytes) {
    assertThat(DataSize.parse(text).bytes()).isEqualTo(bytes);
    assertThat(DataSize.parse(DataSize.parse(text).toString()).bytes()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "KiB", "-1KiB", "1.5MiB", "1KB", "1kib", "999999999999999GiB"})
  void otherSizesAreRefused(String text) {
    assertThatThrownBy(() -> DataSize.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected");
  }

  @Test
  void sizesPrintInTheLargestUnitThatDividesThem() {
    assertThat(new DataSize(122_880)).hasToString("120KiB");
    assertThat(new DataSize(1025)).hasToString("1025B");
    assertThat(new DataSize(0)).hasToString("0B");
    assertThat(new DataSize(2L << 40)).hasToString("2048GiB");
  }

  @ParameterizedTest
  @CsvSource({
    "localhost:1883,localhost,1883",
    "10.0.0.1:0,10.0.0.1,0",
    "[::1]:65535,::1,65535",
    "broker-1.example.org:8883,broker-1.example.org,8883"
  })
  void hostsAndPortsAreReadAndPrintedBack(String text, String host, int port) {
    assertThat(HostPort.parse(text)).isEqualTo(new HostPort(host, port)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost",
        ":1883",
        "localhost:",
        "localhost:65536",
        "localhost:-1",
        "::1:1883",
        "mqtt://localhost:1883",
        "a b:1",
        "a/b:1",
        "user@host:1",
        "host:1x",
        "[]:1"
      })
  void otherHostsAndPortsAreRefused(String text) {
    assertThatThrownBy(() -> HostPort.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({"0s,PT0S", "250ms,PT0.25S", "90 s,PT1M30S", "5m,PT5M", "2h,PT2H", "7d,PT168H"})
  void durationsAreReadWithTheirUnit(String text, Duration expected) {
    assertThat(held("pause", text).pause()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"30", "s", "-1s", "1.5s", "1w", "PT30S", "9999999999999d"})
  void otherDurationsAreRefused(String text) {
    assertThatThrownBy(() -> held("pause", text))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("whole number with ms, s, m, h or d");
  }

  @ParameterizedTest
  @ValueSource(strings = {"NaN", "Infinity", "1e999", "0x1p3", "1d", "1,5", ".", "--1"})
  void numbersThatAreNotFiniteDecimalsAreRefused(String text) {
    assertThatThrownBy(() -> held("rate", text)).isInstanceOf(SettingsException.class);
  }

  @Test
  void wholeNumbersBeyondTheirTypeAreRefused() {
    assertThat(held("count", "2147483647").count()).isEqualTo(Integer.MAX_VALUE);
    assertThatThrownBy(() -> held("count", "2147483648"))
        .hasMessageContaining("expected a whole number of at most 2147483647");
  }

  @Test
  void secretsAreEqualByValueAndNeverPrint() {
    assertThat(secret("a")).isEqualTo(secret("a")).isNotEqualTo(secret("b"));
    assertThat(secret("a").hashCode()).isEqualTo(secret("b").hashCode());
    assertThat(secret("hunter2")).hasToString("(redacted)");
  }

  @Test
  void aWipedSecretIsGone() {
    Secret secret = secret("hunter2");
    byte[] copy = secret.revealCopy();
    secret.close();

    assertThat(copy).isEqualTo("hunter2".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(secret::revealCopy).isInstanceOf(IllegalStateException.class);
    assertThat(secret).isNotEqualTo(secret("hunter2"));
  }

  @Test
  void onlyOneLineBreakIsTakenOffASecretFile() throws IOException {
    Path file = folder.resolve("secret");
    for (String content : List.of("a\n\n", "a", "a \r\n", "\n\n")) {
      Files.writeString(file, content);
      String expected = content.replaceFirst("\r?\n\\z", "");
      assertThat(Secret.readFrom(file).revealCopy())
          .isEqualTo(expected.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Test
  void emptyAndEnormousSecretFilesAreRefused() throws IOException {
    Path file = folder.resolve("secret");
    Files.writeString(file, "\n");
    assertThatThrownBy(() -> Secret.readFrom(file)).hasMessage("it is empty");
    Files.write(file, new byte[Secret.MAX_SIZE_BYTES + 1]);
    assertThatThrownBy(() -> Secret.readFrom(file)).hasMessageContaining("longer than 65536");
  }

  @ParameterizedTest
  @CsvSource({
    "mqtt.keepalive,mqtt.keep-alive",
    "keep-alive,mqtt.keep-alive",
    "mqtt.keep_alive,mqtt.keep-alive",
    "mqqt.broker,mqtt.broker",
    "mqtt.pasword-file,mqtt.password-file",
    "mqtt.password,mqtt.password-file"
  })
  void theNearestKeyIsFound(String unknown, String meant) {
    assertThat(
            Names.nearest(
                unknown, List.of("id", "mqtt.broker", "mqtt.keep-alive", "mqtt.password-file")))
        .contains(meant);
  }

  @ParameterizedTest
  @ValueSource(strings = {"colour", "x", "mqtt.zzz"})
  void noKeyIsSuggestedWhenNoneIsNear(String unknown) {
    assertThat(Names.nearest(unknown, List.of("id", "mqtt.broker", "mqtt.keep-alive"))).isEmpty();
    assertThat(Names.nearest("a".repeat(100_000), List.of("a".repeat(99_999)))).isEmpty();
  }
}
