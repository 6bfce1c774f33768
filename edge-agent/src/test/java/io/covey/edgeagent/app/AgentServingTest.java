package io.covey.edgeagent.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.protocols.message.ModelManifest;
import io.covey.protocols.message.Presence;
import io.covey.protocols.transport.NetworkFaults;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AgentServingTest {
  private final TestFleet fleet = new TestFleet(1, NetworkFaults.NONE);

  @Test
  void anAgentFetchesAndServesWhatIsDesired() throws Exception {
    EdgeAgent agent = fleet.agent("a1").softwareVersion("1.2.3").build();
    agent.start();
    fleet.run(Duration.ofSeconds(1));
    assertThat(agent.ready()).isFalse();
    ModelManifest one = fleet.publish(1, 0.5f);
    fleet.desire("a1", 1, one);
    fleet.run(Duration.ofSeconds(5));

    assertThat(agent.ready()).isTrue();
    assertThat(agent.servedVersions()).isEqualTo(Map.of(TestFleet.MODEL, one.version()));
    assertThat(agent.infer(TestFleet.MODEL, new float[] {1, 2, 3, 4}).get("logits"))
        .containsExactly(5, 5, 5);
    assertThat(fleet.lastReport().models()).containsExactly(TestFleet.serving(one));
    assertThat(fleet.lastReport().desiredRevision()).isEqualTo(1);
    assertThat(fleet.lastReport().canTrain()).isFalse();
    assertThat(fleet.heard(Presence.class)).containsExactly(new Presence(true, "1.2.3"));

    agent.stop();
    fleet.run(Duration.ofSeconds(5));
    assertThat(fleet.heard(Presence.class))
        .containsExactly(new Presence(true, "1.2.3"), new Presence(false, "1.2.3"));
    assertThat(fleet.runtime.openModels()).isZero();
    assertThat(fleet.runtime.openSessions()).isZero();
  }
}
