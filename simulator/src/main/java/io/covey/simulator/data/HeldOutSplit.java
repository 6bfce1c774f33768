package io.covey.simulator.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Digits in two parts: one that agents train on and one that none of them ever sees.
 *
 * @param training in no particular order
 * @param heldOut in no particular order
 */
public record HeldOutSplit(List<Digit> training, List<Digit> heldOut) {

  public HeldOutSplit {
    training = List.copyOf(training);
    heldOut = List.copyOf(heldOut);
  }

  /**
   * Holds out {@code fraction} of every label, rounded to the nearest whole number, at random.
   *
   * @param fraction above 0 and below 1
   * @param seed the same seed and digits give the same split
   */
  public static HeldOutSplit stratified(List<Digit> digits, double fraction, long seed) {
    if (!(fraction > 0 && fraction < 1)) {
      throw new IllegalArgumentException("fraction is " + fraction + ", expected between 0 and 1");
    }
    Random random = new Random(seed);
    List<Digit> training = new ArrayList<>();
    List<Digit> heldOut = new ArrayList<>();
    for (List<Digit> ofLabel : Labels.group(digits)) {
      Collections.shuffle(ofLabel, random);
      int count = (int) Math.round(fraction * ofLabel.size());
      heldOut.addAll(ofLabel.subList(0, count));
      training.addAll(ofLabel.subList(count, ofLabel.size()));
    }
    // By now sorted by label; an order that says nothing is what mini-batches need.
    Collections.shuffle(training, random);
    Collections.shuffle(heldOut, random);
    return new HeldOutSplit(training, heldOut);
  }
}
