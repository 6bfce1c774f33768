package io.covey.simulator.network;

import com.google.protobuf.ByteString;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.SignedMessage;
import io.covey.protocols.message.SignedMessage.Header;
import io.covey.protocols.message.SignedMessage.Period;
import io.covey.protocols.transport.InboundMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A plan that puts something false beside a part of all messages, before or after them, and
 * withholds nothing. Every random choice comes from one seed.
 *
 * <p>Belongs to the thread of the virtual time.
 */
public final class SeededForgeries implements HostileBroker.Plan {
  /** What was heard before, of whomever, that may be said again. */
  private static final int REMEMBERED = 512;

  private final Random random;
  private final double probability;
  private final List<Remembered> remembered = new ArrayList<>();
  private long made;

  private record Remembered(String topic, ByteString payload) {}

  /** What is put beside a message. */
  private enum Forgery {
    ALTERED_BODY,
    ALTERED_SEQUENCE,
    LATER_EXPIRY,
    REPEATED,
    REDIRECTED,
    STRIPPED,
    INVENTED
  }

  /**
   * @param probability that a message gets one
   */
  public SeededForgeries(long seed, double probability) {
    this.random = new Random(seed);
    this.probability = probability;
  }

  /** How many were made. */
  public long made() {
    return made;
  }

  @Override
  public List<InboundMessage> deliver(String clientId, InboundMessage genuine) {
    if (genuine.payload().isEmpty()) {
      return List.of(genuine);
    }
    remember(new Remembered(genuine.topic(), genuine.payload()));
    if (random.nextDouble() >= probability) {
      return List.of(genuine);
    }
    made++;
    InboundMessage forged = forge(genuine);
    return random.nextBoolean() ? List.of(genuine, forged) : List.of(forged, genuine);
  }

  private void remember(Remembered message) {
    if (remembered.size() < REMEMBERED) {
      remembered.add(message);
    } else {
      remembered.set(random.nextInt(REMEMBERED), message);
    }
  }

  private InboundMessage forge(InboundMessage genuine) {
    Forgery forgery = Forgery.values()[random.nextInt(Forgery.values().length)];
    Remembered other = remembered.get(random.nextInt(remembered.size()));
    return switch (forgery) {
      case REPEATED -> HostileBroker.forged(other.topic(), other.payload());
      case REDIRECTED -> HostileBroker.forged(genuine.topic(), elsewhere(genuine, other));
      case INVENTED -> HostileBroker.forged(genuine.topic(), noise(1 + random.nextInt(300)));
      case ALTERED_BODY, ALTERED_SEQUENCE, LATER_EXPIRY, STRIPPED ->
          HostileBroker.forged(genuine.topic(), rewritten(forgery, genuine.payload()));
    };
  }

  /** What was said on another topic. */
  private ByteString elsewhere(InboundMessage genuine, Remembered other) {
    return other.topic().equals(genuine.topic()) ? noise(100) : other.payload();
  }

  private ByteString rewritten(Forgery forgery, ByteString payload) {
    try {
      SignedMessage message = SignedMessage.decode(payload);
      if (forgery == Forgery.STRIPPED) {
        return message.body();
      }
      boolean body = forgery == Forgery.ALTERED_BODY;
      return new SignedMessage(
              body ? message.header() : rewritten(forgery, message.header()),
              body ? flipped(message.body()) : message.body(),
              message.signature())
          .encode();
    } catch (DecodeException e) {
      throw new IllegalStateException("a genuine message cannot be read", e);
    }
  }

  private static Header rewritten(Forgery forgery, Header header) {
    Period period = header.period();
    return forgery == Forgery.ALTERED_SEQUENCE
        ? new Header(
            header.session(),
            header.run(),
            header.greeting(),
            header.sequence() + 1,
            period,
            header.certificate())
        : new Header(
            header.session(),
            header.run(),
            header.greeting(),
            header.sequence(),
            new Period(period.issuedAtMillis(), period.expiresAtMillis() + 1),
            header.certificate());
  }

  private ByteString flipped(ByteString body) {
    if (body.isEmpty()) {
      return noise(1);
    }
    byte[] bytes = body.toByteArray();
    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
    return ByteString.copyFrom(bytes);
  }

  private ByteString noise(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return ByteString.copyFrom(bytes);
  }
}
