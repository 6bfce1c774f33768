package io.covey.edgeagent.rounds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.covey.crypto.identity.AgentIdentity;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.secagg.client.RefusalReason;
import io.covey.edgeagent.session.ParticipationLimits;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.KeysAdvertised;
import io.covey.protocols.message.RoundMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

final class SessionFactoryTest {
  private final SessionFleet fleet = new SessionFleet(1);
  private final List<RoundMessage> said = new ArrayList<>();

  @Test
  void nothingThatASessionDrawsIsThereInAnother() throws DecodeException {
    AgentIdentity identity = fleet.authority.enrol(SessionFleet.VICTIM, 2);
    SessionFactory factory =
        new SessionFactory(
            fleet.time,
            message -> {
              said.add(message);
              return CompletableFuture.completedFuture(null);
            },
            Enrolment.of(
                identity,
                new InMemoryDecisionLog(),
                ParticipationLimits.DEFAULT_MINIMA,
                fleet.time::now),
            AesCtrRandomWords::fromSystemRandomness);
    for (int i = 0; i < 3; i++) {
      factory.session(fleet.plan, new Quiet()).begin();
      fleet.time.runFor(Duration.ofSeconds(1));
    }
    assertThat(said).hasSize(3).allMatch(KeysAdvertised.class::isInstance);
    assertThat(drawn(KeysAdvertised::maskKey)).doesNotHaveDuplicates();
    assertThat(drawn(KeysAdvertised::channelKey))
        .as("a key that others know beforehand they could advertise first")
        .doesNotHaveDuplicates();
    assertThat(drawn(KeysAdvertised::nonce)).doesNotHaveDuplicates();
  }

  private List<ByteString> drawn(Function<KeysAdvertised, ByteString> what) {
    return said.stream().map(KeysAdvertised.class::cast).map(what).toList();
  }

  private static final class Quiet implements RoundSession.Listener {
    @Override
    public void finished() {
      throw new AssertionError("nobody asked for anything");
    }

    @Override
    public void left(RefusalReason reason) {
      throw new AssertionError("left: " + reason);
    }

    @Override
    public void failed(String detail) {
      throw new AssertionError(detail);
    }
  }
}
