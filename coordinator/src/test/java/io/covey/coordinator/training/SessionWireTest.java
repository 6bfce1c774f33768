package io.covey.coordinator.training;

import static io.covey.coordinator.training.CoordinatorUnderTest.FLEET;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.covey.coordinator.round.DropReason;
import io.covey.coordinator.round.RoundEvent;
import io.covey.crypto.identity.AgentIdentity;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.secagg.KeyAdvertisement;
import io.covey.crypto.secagg.Roster;
import io.covey.crypto.secagg.server.ServerEffect;
import io.covey.crypto.secagg.server.ServerEvent;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.InputReceipt;
import io.covey.protocols.message.KeysAdvertised;
import io.covey.protocols.message.RosterPage;
import io.covey.protocols.message.RoundClosed;
import io.covey.protocols.message.RoundDeclined;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.SealedBox;
import io.covey.protocols.message.SharesReleased;
import io.covey.protocols.message.SharesSealed;
import io.covey.protocols.message.SurvivorsConfirmed;
import io.covey.protocols.message.UpdateChunk;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What hostile participants can say, and what it comes to. */
class SessionWireTest {
  private static final RoundId ROUND = new RoundId("r1");
  private static final Octets SESSION = Octets.copyOf(new byte[32]);
  private static final AgentId ANN = new AgentId("ann");
  private static final AgentId BOB = new AgentId("bob");

  private final TrialAuthority authority = CoordinatorUnderTest.authority();
  private final SessionWire wire =
      new SessionWire(
          ROUND,
          SESSION,
          new SessionAuthority(authority.coordinator(), () -> Instant.ofEpochSecond(1_000)));

  @Test
  void anAdvertisementWithTheAuthoritysCertificateIsPassedOn() {
    RoundEvent event = heard(ANN, keys(certificate(authority.enrol(ANN, 100)), 1));
    assertThat(event).isInstanceOf(RoundEvent.OfSession.class);
    ServerEvent of = ((RoundEvent.OfSession) event).event();
    assertThat(((ServerEvent.Advertised) of).message().from()).isEqualTo(ANN);
  }

  @Test
  void certificatesThatAreNotTheSendersAreRefused() {
    ByteString anns = certificate(authority.enrol(ANN, 100));
    assertMisbehaved(BOB, keys(anns, 1), DropReason.CERTIFICATE_REFUSED);

    TrialAuthority impostor = TrialAuthority.insecureSeeded(FLEET, new Ed25519(), 2);
    assertMisbehaved(
        ANN, keys(certificate(impostor.enrol(ANN, 200)), 1), DropReason.CERTIFICATE_REFUSED);

    TrialAuthority elsewhere =
        TrialAuthority.insecureSeeded(new FleetId("elsewhere"), new Ed25519(), 1);
    assertMisbehaved(
        ANN, keys(certificate(elsewhere.enrol(ANN, 200)), 1), DropReason.CERTIFICATE_REFUSED);
  }

  @Test
  void bytesThatAreNoCertificateAreRefused() {
    ByteString anns = certificate(authority.enrol(ANN, 100));
    List<ByteString> damaged = new ArrayList<>();
    damaged.add(ByteString.copyFrom(new byte[1]));
    damaged.add(ByteString.copyFrom(new byte[1024]));
    damaged.add(anns.substring(0, anns.size() - 1));
    damaged.add(anns.concat(ByteString.copyFrom(new byte[1])));
    for (int i = 0; i < anns.size(); i++) {
      byte[] flipped = anns.toByteArray();
      flipped[i] ^= 1;
      damaged.add(ByteString.copyFrom(flipped));
    }
    for (ByteString bytes : damaged) {
      assertMisbehaved(ANN, keys(bytes, 1), DropReason.CERTIFICATE_REFUSED);
    }
  }

  @Test
  void anotherCertificateInTheSameSessionDropsItsSenderAndTheRosterKeepsTheFirst() {
    ByteString first = certificate(authority.enrol(ANN, 100));
    ByteString second = certificate(authority.enrol(ANN, 200));
    heard(ANN, keys(first, 1));
    heard(BOB, keys(certificate(authority.enrol(BOB, 100)), 4));
    assertMisbehaved(ANN, keys(second, 1), DropReason.CONFLICTING_DUPLICATE);
    assertThat(heard(ANN, keys(first, 1))).isInstanceOf(RoundEvent.OfSession.class);
    assertThat(pages().get(0).entries().get(0).certificate()).isEqualTo(first);
  }

  @Test
  void oneKeyForTwoPurposesCannotBeRead() {
    ByteString certificate = certificate(authority.enrol(ANN, 100));
    KeysAdvertised twice =
        new KeysAdvertised(
            ROUND,
            bytes(0, 32),
            bytes(1, 32),
            bytes(1, 32),
            bytes(2, 32),
            certificate,
            bytes(3, 64));
    assertMisbehaved(ANN, twice, DropReason.WRONG_CONTEXT);
  }

  @Test
  void ranksMeanNothingBeforeThereIsARoster() {
    assertThat(wire.eventOf(ANN, sealed(1))).isEmpty();
    assertThat(wire.eventOf(ANN, released(List.of(1), List.of()))).isEmpty();
  }

  @Test
  void ranksBeyondTheRosterAndOnesThatComeTwiceCannotBeRead() {
    heard(ANN, keys(certificate(authority.enrol(ANN, 100)), 1));
    heard(BOB, keys(certificate(authority.enrol(BOB, 100)), 4));
    pages();
    assertThat(heard(ANN, sealed(2))).isInstanceOf(RoundEvent.OfSession.class);
    assertThat(heard(ANN, released(List.of(2), List.of(1))))
        .isInstanceOf(RoundEvent.OfSession.class);

    assertMisbehaved(ANN, sealed(3), DropReason.WRONG_CONTEXT);
    assertMisbehaved(ANN, sealed(1 << 20), DropReason.WRONG_CONTEXT);
    assertMisbehaved(ANN, sealed(2, 2), DropReason.WRONG_CONTEXT);
    assertMisbehaved(ANN, released(List.of(3), List.of()), DropReason.WRONG_CONTEXT);
    assertMisbehaved(ANN, released(List.of(), List.of(1, 1)), DropReason.WRONG_CONTEXT);
  }

  @Test
  void everyOtherMessageIsOneEvent() {
    assertThat(
            heard(
                ANN,
                new InputReceipt(ROUND, bytes(0, 32), 5, bytes(1, 32), bytes(2, 32), bytes(3, 64))))
        .isInstanceOf(RoundEvent.ReceiptReceived.class);
    assertThat(heard(ANN, new SurvivorsConfirmed(ROUND, bytes(0, 32), bytes(1, 32), bytes(3, 64))))
        .isInstanceOf(RoundEvent.OfSession.class);
    assertThat(heard(ANN, new RoundDeclined(ROUND, RoundDeclined.Reason.BUSY, "busy")))
        .isEqualTo(new RoundEvent.Declined(ANN, RoundDeclined.Reason.BUSY));
    RoundEvent chunk = heard(ANN, new UpdateChunk(ROUND, 1, 3, bytes(9, 24)));
    assertThat(((RoundEvent.ChunkReceived) chunk).words()).isEqualTo(3);
    assertThat(wire.eventOf(ANN, new RoundClosed(ROUND, true))).isEmpty();
  }

  private List<RosterPage> pages() {
    return wire.pagesOf(
        new ServerEffect.SendRoster(
            new Roster(List.of(advertisement(ANN, 1), advertisement(BOB, 4)))));
  }

  private static KeyAdvertisement advertisement(AgentId agent, int first) {
    return new KeyAdvertisement(
        SESSION,
        agent,
        Octets.owning(bytes(first, 32).toByteArray()),
        Octets.owning(bytes(first + 1, 32).toByteArray()),
        Octets.owning(bytes(first + 2, 32).toByteArray()),
        Octets.owning(bytes(first + 3, 64).toByteArray()));
  }

  private static KeysAdvertised keys(ByteString certificate, int first) {
    return new KeysAdvertised(
        ROUND,
        bytes(0, 32),
        bytes(first, 32),
        bytes(first + 1, 32),
        bytes(first + 2, 32),
        certificate,
        bytes(first + 3, 64));
  }

  private static SharesSealed sealed(int... ranks) {
    List<SealedBox> boxes = new ArrayList<>();
    for (int rank : ranks) {
      boxes.add(new SealedBox(rank, bytes(rank, 96)));
    }
    return new SharesSealed(ROUND, bytes(0, 32), bytes(1, 32), bytes(2, 32), boxes);
  }

  private static SharesReleased released(List<Integer> alive, List<Integer> dropped) {
    return new SharesReleased(ROUND, bytes(0, 32), shares(alive), shares(dropped));
  }

  private static List<SharesReleased.Share> shares(List<Integer> ranks) {
    return ranks.stream().map(rank -> new SharesReleased.Share(rank, bytes(rank, 40))).toList();
  }

  private RoundEvent heard(AgentId from, RoundMessage message) {
    Optional<RoundEvent> event = wire.eventOf(from, message);
    assertThat(event).isPresent();
    return event.get();
  }

  private void assertMisbehaved(AgentId from, RoundMessage message, DropReason reason) {
    assertThat(heard(from, message)).isEqualTo(new RoundEvent.Misbehaved(from, reason));
  }

  private static ByteString certificate(AgentIdentity identity) {
    return ByteString.copyFrom(identity.certificate().encode().toBytes());
  }

  private static ByteString bytes(int first, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (first + i);
    }
    return ByteString.copyFrom(bytes);
  }
}
