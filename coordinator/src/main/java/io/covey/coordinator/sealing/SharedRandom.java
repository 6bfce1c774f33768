package io.covey.coordinator.sealing;

import io.covey.crypto.primitive.RandomWords;

/** Randomness for several threads. */
final class SharedRandom implements RandomWords {
  private final RandomWords words;

  SharedRandom(RandomWords words) {
    this.words = words;
  }

  @Override
  public synchronized void fill(long[] target) {
    words.fill(target);
  }
}
