package io.covey.protocols.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.protocols.transport.TransportSettings.OutboxBounds;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OutboxTest {
  private final Outbox<String> outbox = new Outbox<>(new OutboxBounds(4, 100));

  @Test
  void boundedInMessagesAndInBytes() {
    assertThat(outbox.offer("a", 60)).isTrue();
    assertThat(outbox.offer("too many bytes", 41)).isFalse();
    assertThat(outbox.offer("b", 40)).isTrue();
    assertThat(outbox.offer("c", 0)).isTrue();
    assertThat(outbox.offer("d", 0)).isTrue();
    assertThat(outbox.offer("too many", 0)).isFalse();
    assertThat(outbox.size()).isEqualTo(4);
  }

  @Test
  void acknowledgementMakesRoom() {
    outbox.offer("a", 100);
    assertThat(outbox.sendNext(1)).isEqualTo("a");
    assertThat(outbox.offer("b", 1)).isFalse();
    assertThat(outbox.acknowledge("a")).isTrue();
    assertThat(outbox.acknowledge("a")).isFalse();
    assertThat(outbox.offer("b", 100)).isTrue();
  }

  @Test
  void windowBoundsWhatIsOnItsWay() {
    List.of("a", "b", "c").forEach(entry -> outbox.offer(entry, 1));
    assertThat(outbox.sendNext(2)).isEqualTo("a");
    assertThat(outbox.sendNext(2)).isEqualTo("b");
    assertThat(outbox.sendNext(2)).isNull();
    outbox.acknowledge("b");
    assertThat(outbox.sendNext(2)).isEqualTo("c");
    assertThat(outbox.inFlightCount()).isEqualTo(2);
  }

  @Test
  void lostConnectionPutsWhatWasOnItsWayInFrontInItsOldOrder() {
    List.of("a", "b", "c", "d").forEach(entry -> outbox.offer(entry, 1));
    outbox.sendNext(3);
    outbox.sendNext(3);
    outbox.sendNext(3);
    outbox.acknowledge("b");
    outbox.requeueInFlight();
    assertThat(outbox.inFlightCount()).isZero();
    assertThat(outbox.drain()).containsExactly("a", "c", "d");
    assertThat(outbox.size()).isZero();
  }

  @Test
  void takenEntriesGiveTheirRoomBack() {
    outbox.offer("a", 50);
    outbox.offer("b", 50);
    assertThat(outbox.takeIf("a"::equals)).containsExactly("a");
    assertThat(outbox.offer("c", 50)).isTrue();
    assertThat(outbox.drain()).containsExactly("b", "c");
  }
}
