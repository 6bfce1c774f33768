package io.covey.simulator.data;

import java.util.ArrayList;
import java.util.List;

/** Digits by what they show. */
final class Labels {
  private Labels() {}

  /** {@value Digit#LABELS} fresh lists, the digits of label 0 first, each in the given order. */
  static List<List<Digit>> group(List<Digit> digits) {
    List<List<Digit>> groups = new ArrayList<>();
    for (int label = 0; label < Digit.LABELS; label++) {
      groups.add(new ArrayList<>());
    }
    digits.forEach(digit -> groups.get(digit.label()).add(digit));
    return groups;
  }
}
