package io.covey.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.coordinator.http.HttpSettings.BodyLimits;
import io.covey.coordinator.http.HttpSettings.LoadLimits;
import io.covey.coordinator.http.HttpSettings.Timeouts;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Settings that cannot work cannot be made. */
class HttpSettingsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void defaultsServeThisMachineOnly() {
    HttpSettings settings = HttpSettings.onLoopback(0, Path.of("uploads"));

    assertThat(settings.host()).isEqualTo("127.0.0.1");
    assertThat(settings.insecure()).isFalse();
  }

  @Test
  void whatIsOutOfRangeIsRefusedWithWhatWasExpected() {
    assertThatThrownBy(() -> HttpSettings.onLoopback(65_536, Path.of("uploads")))
        .hasMessage("port is 65536, expected 0 to 65535");
    assertThatThrownBy(() -> new BodyLimits(0, 1, 1)).hasMessageContaining("jsonBytes");
    assertThatThrownBy(() -> new BodyLimits(1, 1L << 31, 1)).hasMessageContaining("csvBytes");
    assertThatThrownBy(() -> new BodyLimits(1, 1, 1L << 31)).hasMessageContaining("modelBytes");
    assertThatThrownBy(() -> new LoadLimits(0, 1, 1, 1)).hasMessageContaining("connections");
    assertThatThrownBy(() -> new LoadLimits(1, 0, 1, 1)).hasMessageContaining("transfers");
    assertThatThrownBy(() -> new LoadLimits(1, 1, 0, 1)).hasMessageContaining("watchers");
    assertThatThrownBy(() -> new LoadLimits(1, 1, 1, 0)).hasMessageContaining("watcherBacklog");
    assertThatThrownBy(() -> new Timeouts(SECOND, Duration.ZERO, SECOND, SECOND))
        .hasMessage("body is PT0S, expected PT0.001S to P1D");
  }

  @Test
  void heartbeatComesBeforeAConnectionCountsAsIdle() {
    assertThatThrownBy(() -> new Timeouts(SECOND, SECOND, SECOND, SECOND))
        .hasMessageContaining("heartbeat is PT1S, expected less than idle");
  }
}
