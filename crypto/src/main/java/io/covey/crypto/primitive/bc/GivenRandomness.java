package io.covey.crypto.primitive.bc;

import java.io.Serial;
import java.security.SecureRandom;

/**
 * Hands the bytes that it was given to a library that wants to draw its own, in the order of the
 * library's requests, each once. Known answers of the standard hold the library to that order.
 */
final class GivenRandomness extends SecureRandom {
  @Serial private static final long serialVersionUID = 1L;

  private final transient byte[] given;
  private transient int taken;

  /**
   * Nothing of it is copied.
   *
   * @param given as many bytes as will be asked for
   */
  GivenRandomness(byte[] given) {
    this.given = given;
  }

  @Override
  public void nextBytes(byte[] destination) {
    if (destination.length > given.length - taken) {
      throw new IllegalStateException(
          "%d bytes of randomness asked for, %d are left"
              .formatted(destination.length, given.length - taken));
    }
    System.arraycopy(given, taken, destination, 0, destination.length);
    taken += destination.length;
  }
}
