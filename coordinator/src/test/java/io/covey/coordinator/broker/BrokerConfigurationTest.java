package io.covey.coordinator.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.protocols.id.FleetId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class BrokerConfigurationTest {
  @TempDir Path directory;

  private Document written(BrokerSettings settings) throws Exception {
    Path file = directory.resolve("config.xml");
    BrokerConfiguration.write(settings, Optional.empty(), file);
    return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
  }

  private static BrokerSettings bindingTo(String address) {
    return new BrokerSettings(
        new FleetId("home"),
        "coordinator",
        address,
        1883,
        Optional.of(Path.of("somewhere")),
        new BrokerSettings.Limits(11, 12, 13, Duration.ofMinutes(14), Duration.ofDays(15)));
  }

  private static String text(Document document, String element) {
    assertThat(document.getElementsByTagName(element).getLength()).as(element).isEqualTo(1);
    return document.getElementsByTagName(element).item(0).getTextContent();
  }

  @Test
  void everySettingReachesItsElement() throws Exception {
    Document document = written(bindingTo("127.0.0.1"));
    assertThat(text(document, "port")).isEqualTo("1883");
    assertThat(text(document, "bind-address")).isEqualTo("127.0.0.1");
    assertThat(text(document, "max-connections")).isEqualTo("11");
    assertThat(text(document, "max-queue-size")).isEqualTo("12");
    assertThat(text(document, "server-receive-maximum")).isEqualTo("13");
    assertThat(text(document, "max-keep-alive")).isEqualTo("840");
    assertThat(text(document, "session-expiry")).isEqualTo("1296000");
    assertThat(text(document, "mode")).isEqualTo("file");
    assertThat(text(document, "topic-alias")).isEqualTo("false");
    assertThat(text(document, "anonymous-usage-statistics")).isEqualTo("false");
    assertThat(text(document, "allow-unlimited")).isEqualTo("false");
  }

  @Test
  void textCannotBecomeMarkup() throws Exception {
    String hostile = "</bind-address><port>1</port><bind-address>\"'&<![CDATA[";
    assertThat(text(written(bindingTo(hostile)), "bind-address")).isEqualTo(hostile);
  }

  @Test
  void settingsThatCannotBeAreRefused() {
    Duration hour = Duration.ofHours(1);
    assertThatThrownBy(() -> new BrokerSettings.Limits(0, 1, 1, hour, hour))
        .hasMessageContaining("connections is 0");
    assertThatThrownBy(() -> new BrokerSettings.Limits(1, 1, 65_536, hour, hour))
        .hasMessageContaining("receive maximum is 65536");
    assertThatThrownBy(() -> new BrokerSettings.Limits(1, 1, 1, Duration.ofDays(1), hour))
        .hasMessageContaining("keep-alive");
    assertThatThrownBy(() -> new BrokerSettings.Limits(1, 1, 1, hour, Duration.ZERO))
        .hasMessageContaining("session expiry");
  }
}
