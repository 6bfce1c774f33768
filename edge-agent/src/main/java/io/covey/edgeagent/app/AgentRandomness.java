package io.covey.edgeagent.app;

import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.RandomWords;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** Where an agent takes its random choices from. Belongs to the agent's scheduler. */
public final class AgentRandomness {
  private static final int BOOT_ID_BYTES = 12;

  private final RandomGenerator generator;
  private final boolean secure;

  private AgentRandomness(RandomGenerator generator, boolean secure) {
    this.generator = generator;
    this.secure = secure;
  }

  /** The platform's secure generator. */
  public static AgentRandomness secure() {
    return new AgentRandomness(new SecureRandom(), true);
  }

  /** Replays by its seed, and hides nothing: for simulations and tests. */
  public static AgentRandomness insecureSeeded(long seed) {
    return new AgentRandomness(new SplittableRandom(seed), false);
  }

  /** For waits and other choices that need not be secret. */
  RandomGenerator generator() {
    return generator;
  }

  /** A generator of its own for one training, which runs on another thread. */
  RandomGenerator newShuffling() {
    return new SplittableRandom(generator.nextLong());
  }

  /** A stream of its own: for rounding one update, or for the secrets of one session. */
  RandomWords newStream() {
    if (secure) {
      return AesCtrRandomWords.fromSystemRandomness();
    }
    ByteBuffer seed = ByteBuffer.allocate(AesCtrRandomWords.SEED_BYTES);
    while (seed.hasRemaining()) {
      seed.putLong(generator.nextLong());
    }
    return AesCtrRandomWords.fromSeed(seed.array());
  }

  /** Names one run of the agent. */
  String newBootId() {
    byte[] bytes = new byte[BOOT_ID_BYTES];
    generator.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
