package io.covey.coordinator.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.coordinator.audit.AuditEvent;
import io.covey.coordinator.audit.AuditEvent.Kind;
import io.covey.coordinator.fleet.AgentRecord;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.message.ReportedState.ModelState;
import io.covey.protocols.message.ReportedState.Status;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class VersionRefusalsTest {
  private final VersionRefusals refusals = new VersionRefusals();

  private static AgentRecord agent(ModelState... states) {
    return new AgentRecord(
        new AgentId("kitchen"),
        true,
        "1",
        "boot",
        1,
        1,
        1,
        List.of(states),
        true,
        Instant.EPOCH,
        Instant.EPOCH);
  }

  private static ModelState refused(int version, String why) {
    return new ModelState(new ModelName("digits"), new ModelVersion(version), Status.REFUSED, why);
  }

  @Test
  void aVersionIsListedOnceHoweverOftenItIsSaid() {
    assertThat(refusals.of(agent(refused(2, "it crashed"))))
        .containsExactly(
            AuditEvent.of(Kind.VERSION_REFUSED_BY_AGENT, "kitchen")
                .with("model", "digits")
                .with("version", 2)
                .with("why", "it crashed"));
    assertThat(refusals.of(agent(refused(2, "in other words")))).isEmpty();
    assertThat(refusals.of(agent(refused(2, ""), refused(3, "")))).hasSize(1);
    assertThat(refusals.of(agent())).isEmpty();
    assertThat(refusals.of(agent(refused(2, "again")))).hasSize(1);
    assertThat(refusals.unlisted()).isZero();
  }

  @Test
  void anAgentThatSaysAnythingDoesNotFillTheLog() {
    int entries = 0;
    for (int i = 1; i <= 1000; i++) {
      entries += refusals.of(agent(refused(i, "x"))).size();
    }
    assertThat(entries).isEqualTo(HourlyShare.LISTED);
    assertThat(refusals.unlisted()).isEqualTo(1000 - HourlyShare.LISTED);
    refusals.nextHour();
    assertThat(refusals.of(agent(refused(1, "x")))).hasSize(1);
  }
}
