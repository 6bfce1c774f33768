package io.covey.edgeagent.rounds;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.privacy.UpdateLayout;
import io.covey.crypto.secagg.KeyAdvertisement;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.client.ParticipantKeys;
import io.covey.crypto.secagg.wire.SessionDescriptors;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.time.Scheduler;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/** Makes the sessions of one agent, each with secrets of its own. */
public final class SessionFactory {
  private static final int SECRET_WORDS = 4;

  private final Scheduler scheduler;
  private final SessionLink link;
  private final Enrolment enrolment;
  private final Supplier<RandomWords> randomness;

  /**
   * @param randomness a stream of its own at each call, that nobody else reads from
   */
  public SessionFactory(
      Scheduler scheduler,
      SessionLink link,
      Enrolment enrolment,
      Supplier<RandomWords> randomness) {
    this.scheduler = scheduler;
    this.link = link;
    this.enrolment = enrolment;
    this.randomness = randomness;
  }

  /**
   * The session that a plan describes, not yet begun.
   *
   * @throws DecodeException if the parts of the plan do not go together
   */
  public RoundSession session(RoundPlan plan, RoundSession.Listener listener)
      throws DecodeException {
    int entries = layoutOf(plan).lanes().entries();
    SessionDescriptor descriptor =
        SessionDescriptors.of(enrolment.identity().fleet(), plan, entries);
    SessionReader reader = new SessionReader(enrolment, plan, descriptor, keys());
    return new RoundSession(scheduler, link, enrolment.decisions(), reader, listener);
  }

  private static UpdateLayout layoutOf(RoundPlan plan) throws DecodeException {
    try {
      return UpdateLayout.of(plan.encoding(), plan.cohortSize());
    } catch (IllegalArgumentException e) {
      throw new DecodeException(
          DecodeException.Kind.OUT_OF_RANGE, String.valueOf(e.getMessage()), e);
    }
  }

  /** The agent's identity, and secrets that only this session will ever have. */
  private ParticipantKeys keys() {
    RandomWords secrets = randomness.get();
    SecretBytes channelKey = SecretBytes.owning(next(secrets));
    SecretBytes maskKey = SecretBytes.owning(next(secrets));
    SecretBytes selfMaskSecret = SecretBytes.owning(next(secrets));
    Octets nonce =
        Octets.owning(next(secrets)).requireLength("nonce", KeyAdvertisement.NONCE_BYTES);
    return new ParticipantKeys(
        enrolment.identity().agent(),
        enrolment.identity().signingKey(),
        channelKey,
        new ParticipantKeys.Fresh(maskKey, selfMaskSecret, nonce, randomness.get()));
  }

  private static byte[] next(RandomWords random) {
    long[] words = new long[SECRET_WORDS];
    random.fill(words);
    ByteBuffer bytes = ByteBuffer.allocate(SECRET_WORDS * Long.BYTES);
    for (int i = 0; i < words.length; i++) {
      bytes.putLong(words[i]);
      words[i] = 0;
    }
    return bytes.array();
  }
}
