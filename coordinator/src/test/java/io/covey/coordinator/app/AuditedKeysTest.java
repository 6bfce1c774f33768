package io.covey.coordinator.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.coordinator.audit.AuditEvent;
import io.covey.coordinator.audit.AuditEvent.Kind;
import io.covey.protocols.id.AgentId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AuditedKeysTest {
  private static final AgentId ANN = new AgentId("ann");

  private final List<AuditEvent> log = new ArrayList<>();
  private final AuditedKeys keys = new AuditedKeys(log::add);

  @Test
  void anEpochIsAnEntryWithItsNumberAndWhy() {
    keys.epochBegan(3, "members were revoked");
    assertThat(log)
        .containsExactly(
            AuditEvent.of(Kind.KEY_EPOCH_BEGUN, "epoch 3").with("why", "members were revoked"));
  }

  @Test
  void anAgentThatAnnouncesAnythingDoesNotFillTheLog() {
    for (int i = 0; i < 1000; i++) {
      keys.refused(ANN, "no encryption certificate");
    }
    keys.refused(new AgentId("bob"), "a revoked encryption certificate");
    assertThat(log).hasSize(HourlyShare.LISTED + 1);
    assertThat(log.get(0))
        .isEqualTo(
            AuditEvent.of(Kind.KEY_REFUSED, "ann").with("announced", "no encryption certificate"));
    assertThat(keys.unlisted()).isEqualTo(1000 - HourlyShare.LISTED);
    keys.nextHour();
    keys.refused(ANN, "no encryption certificate");
    assertThat(log).hasSize(HourlyShare.LISTED + 2);
  }
}
