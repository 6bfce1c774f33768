package io.covey.crypto.secagg.wire;

import static io.covey.crypto.secagg.wire.WireSamples.ROUND;
import static io.covey.crypto.secagg.wire.WireSamples.sent;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.google.protobuf.ByteString;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.secagg.Confirmation;
import io.covey.crypto.secagg.KeyAdvertisement;
import io.covey.crypto.secagg.MaskedInputReceipt;
import io.covey.crypto.secagg.SealedShares;
import io.covey.crypto.secagg.SurvivorSet;
import io.covey.crypto.secagg.UnmaskingShares;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.Envelope;
import io.covey.protocols.message.InputReceipt;
import io.covey.protocols.message.KeysAdvertised;
import io.covey.protocols.message.Limits;
import io.covey.protocols.message.Message;
import io.covey.protocols.message.MessageCodec;
import io.covey.protocols.message.RosterPage;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.SealedBox;
import io.covey.protocols.message.SharesDelivered;
import io.covey.protocols.message.SharesReleased;
import io.covey.protocols.message.SharesSealed;
import io.covey.protocols.message.SurvivorsAnnounced;
import io.covey.protocols.message.SurvivorsConfirmed;
import io.covey.protocols.message.UnmaskingRequested;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is said arrives as it was, over the real codec; whatever else arrives is refused. */
class SessionWireRoundTripTest {

  @ParameterizedTest
  @ValueSource(ints = {3, 7, 8, 9, 16, 100, 600})
  void everyMessageArrivesAsItWasSaid(int size) throws Exception {
    WireSamples samples = new WireSamples(size, size);
    AgentId from = samples.agent(1);

    KeyAdvertisement keys = samples.advertisement();
    KeysAdvertised heardKeys =
        sent(ToCoordinator.write(ROUND, keys, ByteString.copyFromUtf8("certificate")));
    assertThat(ToCoordinator.read(from, heardKeys)).isEqualTo(keys);
    assertThat(heardKeys.certificate()).isEqualTo(ByteString.copyFromUtf8("certificate"));

    SealedShares shares = samples.sealedShares();
    assertThat(
            ToCoordinator.read(
                from, sent(ToCoordinator.write(ROUND, shares, samples.roster)), samples.roster))
        .isEqualTo(shares);

    var boxes = samples.boxes();
    assertThat(
            ToParticipant.read(
                sent(ToParticipant.write(ROUND, samples.session, boxes, samples.roster)),
                samples.roster))
        .isEqualTo(boxes);

    MaskedInputReceipt receipt = samples.receipt();
    assertThat(ToCoordinator.read(from, sent(ToCoordinator.write(ROUND, receipt))))
        .isEqualTo(receipt);

    SurvivorSet set = samples.survivors();
    assertThat(
            ToParticipant.read(
                sent(ToParticipant.write(ROUND, set, samples.roster)), samples.roster))
        .isEqualTo(set);

    Confirmation confirmation = samples.confirmation();
    assertThat(ToCoordinator.read(from, sent(ToCoordinator.write(ROUND, confirmation))))
        .isEqualTo(confirmation);

    List<Confirmation> confirmations = samples.confirmationsOf(set);
    assertThat(
            ToParticipant.read(
                sent(ToParticipant.write(ROUND, set, confirmations, samples.roster)),
                samples.roster))
        .isEqualTo(confirmations);

    UnmaskingShares released = samples.released();
    assertThat(
            ToCoordinator.read(
                from, sent(ToCoordinator.write(ROUND, released, samples.roster)), samples.roster))
        .isEqualTo(released);
  }

  @Test
  void ranksOutOfRangeAndTwiceAreRefused() {
    WireSamples samples = new WireSamples(9, 1);
    ByteString box = ByteString.copyFrom(new byte[96]);
    ByteString share = ByteString.copyFrom(new byte[40]);
    for (List<Integer> ranks : List.of(List.of(10), List.of(1 << 20), List.of(3, 3))) {
      List<SealedBox> boxes = ranks.stream().map(rank -> new SealedBox(rank, box)).toList();
      assertRefused(
          () ->
              ToParticipant.read(
                  new SharesDelivered(ROUND, WireOctets.of(samples.session), boxes),
                  samples.roster));
      var shares = ranks.stream().map(rank -> new SharesReleased.Share(rank, share)).toList();
      assertRefused(
          () ->
              ToCoordinator.read(
                  samples.agent(1),
                  new SharesReleased(ROUND, WireOctets.of(samples.session), List.of(), shares),
                  samples.roster));
    }
    assertRefused(
        () ->
            ToParticipant.read(
                new UnmaskingRequested(
                    ROUND,
                    WireOctets.of(samples.session),
                    WireOctets.of(samples.session),
                    List.of(new UnmaskingRequested.Signed(10, ByteString.copyFrom(new byte[64])))),
                samples.roster));
  }

  @Test
  void setsOfTheWrongLengthAndBitsBeyondTheRosterAreRefused() throws Exception {
    WireSamples samples = new WireSamples(9, 1);
    assertThat(ToParticipant.read(announced(samples, 0xff, 0x01), samples.roster).survivors())
        .hasSize(9);
    assertThat(ToParticipant.read(announced(samples, 0x81, 0x00), samples.roster).survivors())
        .containsExactly(samples.agent(1), samples.agent(8));
    assertRefused(() -> ToParticipant.read(announced(samples, 0xff, 0x02), samples.roster));
    assertRefused(() -> ToParticipant.read(announced(samples, 0, 0x80), samples.roster));
    assertRefused(() -> ToParticipant.read(announced(samples, 0xff), samples.roster));
    assertRefused(() -> ToParticipant.read(announced(samples, 0xff, 1, 0), samples.roster));
  }

  private static SurvivorsAnnounced announced(WireSamples samples, int... survivors) {
    byte[] bits = new byte[survivors.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = (byte) survivors[i];
    }
    return new SurvivorsAnnounced(
        ROUND,
        WireOctets.of(samples.session),
        WireOctets.of(samples.roster.root()),
        ByteString.copyFrom(bits),
        ByteString.copyFrom(new byte[2]));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void damagedMessagesAreReadOrRefusedAndDoNoOtherHarm(long seed) {
    WireSamples samples = new WireSamples(20, seed);
    WireSamples others = new WireSamples(5, seed + 1);
    Random random = new Random(seed);
    int readable = 0;
    for (RoundMessage message : samples.all()) {
      byte[] valid = MessageCodec.encode(new Envelope("boot", 1, message)).toByteArray();
      for (int i = 0; i < 400; i++) {
        ByteString damaged = ByteString.copyFrom(damaged(valid, random));
        readable += isRead(damaged, i % 2 == 0 ? samples : others, seed) ? 1 : 0;
      }
    }
    assertThat(readable).as("seed %d: messages that still could be read", seed).isPositive();
  }

  private static byte[] damaged(byte[] valid, Random random) {
    byte[] bytes = valid.clone();
    for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }

  private static boolean isRead(ByteString payload, WireSamples samples, long seed) {
    try {
      read(MessageCodec.decode(payload).body(), samples);
      return true;
    } catch (DecodeException e) {
      return false;
    } catch (RuntimeException e) {
      return fail("seed " + seed, e);
    }
  }

  private static void read(Message body, WireSamples samples) throws DecodeException {
    AgentId from = samples.agent(1);
    if (body instanceof KeysAdvertised keys) {
      ToCoordinator.read(from, keys);
    } else if (body instanceof SharesSealed shares) {
      ToCoordinator.read(from, shares, samples.roster);
    } else if (body instanceof InputReceipt receipt) {
      ToCoordinator.read(from, receipt);
    } else if (body instanceof SurvivorsConfirmed confirmed) {
      ToCoordinator.read(from, confirmed);
    } else if (body instanceof SharesReleased released) {
      ToCoordinator.read(from, released, samples.roster);
    } else if (body instanceof RosterPage page) {
      new RosterAssembly(1000).add(page);
    } else if (body instanceof SharesDelivered delivered) {
      ToParticipant.read(delivered, samples.roster);
    } else if (body instanceof SurvivorsAnnounced announced) {
      ToParticipant.read(announced, samples.roster);
    } else if (body instanceof UnmaskingRequested request) {
      ToParticipant.read(request, samples.roster);
    }
  }

  @Test
  void everyMessageOfTheLargestNeighbourhoodFitsIntoOne() throws Exception {
    WireSamples samples = new WireSamples(Limits.NEIGHBOURS, 1);
    for (RoundMessage message : samples.all()) {
      assertThat(sent(message)).isEqualTo(message);
    }
    var boxes = new HashMap<AgentId, Octets>();
    samples.roster.entries().forEach(entry -> boxes.put(entry.from(), samples.octets(96)));
    assertThat(sent(ToParticipant.write(ROUND, samples.session, boxes, samples.roster)).boxes())
        .hasSize(Limits.NEIGHBOURS);
  }

  private static void assertRefused(ThrowingCallable reading) {
    assertThatThrownBy(reading)
        .isInstanceOf(DecodeException.class)
        .satisfies(
            refusal ->
                assertThat(((DecodeException) refusal).kind())
                    .isEqualTo(DecodeException.Kind.OUT_OF_RANGE));
  }
}
