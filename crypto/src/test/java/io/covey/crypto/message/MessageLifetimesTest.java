package io.covey.crypto.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.LocalTraining;
import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.Presence;
import io.covey.protocols.message.RoundClosed;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.SecureAggregationTerms;
import io.covey.protocols.message.Telemetry;
import io.covey.protocols.message.UpdateEncoding;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MessageLifetimesTest {
  private final MessageLifetimes lifetimes = new MessageLifetimes();

  @Test
  void countersAreSoonOverAndPresenceStays() {
    assertThat(lifetimes.of(new Telemetry(0, 0, 0, 0, 0))).isEqualTo(Duration.ofMinutes(5));
    assertThat(lifetimes.of(new Presence(true, ""))).isEqualTo(Duration.ofDays(30));
  }

  @Test
  void aRoundsMessagesCountAsLongAsItsPlanLetsItTake() {
    Duration unknown = lifetimes.of(closed("r1"));
    lifetimes.note(plan("r1"));
    assertThat(lifetimes.of(closed("r1"))).isEqualTo(Duration.ofSeconds(30 + 10 * 7));
    assertThat(lifetimes.of(plan("r2"))).isEqualTo(Duration.ofSeconds(30 + 10 * 7));
    assertThat(lifetimes.of(closed("r3"))).isEqualTo(unknown);
  }

  @Test
  void roundsThatAreLongPastAreForgotten() {
    lifetimes.note(plan("first"));
    Duration known = lifetimes.of(closed("first"));
    for (int i = 0; i < 64; i++) {
      lifetimes.note(plan("r" + i));
    }
    assertThat(lifetimes.of(closed("first"))).isNotEqualTo(known);
    assertThat(lifetimes.of(closed("r0"))).isEqualTo(known);
  }

  private static RoundClosed closed(String round) {
    return new RoundClosed(new RoundId(round), true);
  }

  private static RoundPlan plan(String round) {
    ModelManifest base =
        new ModelManifest(
            new ModelName("digits"),
            new ModelVersion(1),
            List.of(artifact(Role.GRAPH), artifact(Role.WEIGHTS)));
    SecureAggregationTerms terms =
        new SecureAggregationTerms(
            7,
            6,
            SecureAggregationTerms.Adversary.SEMI_MALICIOUS,
            0.1,
            0.05,
            40,
            30,
            Duration.ofSeconds(7));
    return new RoundPlan(
        new RoundId(round),
        base,
        new LocalTraining(1, 20, 0.1f, 0),
        new UpdateEncoding(1000, 12, 21, 4f, 512, 16f, Optional.empty()),
        8,
        5,
        Duration.ofSeconds(30),
        terms,
        RoundPlan.unsigned());
  }

  private static ArtifactReference artifact(Role role) {
    return new ArtifactReference(
        role, Sha256.of(role.name().getBytes(StandardCharsets.UTF_8)), 4000, 1000);
  }
}
