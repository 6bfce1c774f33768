package io.covey.benchmarks.secagg;

import static io.covey.benchmarks.secagg.CoordinatorStep.ADDING;
import static io.covey.benchmarks.secagg.CoordinatorStep.REMOVING_MASKS;
import static io.covey.benchmarks.secagg.CoordinatorStep.UNPACKING;

import io.covey.crypto.primitive.Prg;
import io.covey.crypto.secagg.LaneLayout;
import io.covey.crypto.secagg.LanePacking;
import io.covey.crypto.secagg.MaskExpander;
import io.covey.crypto.secagg.MaskTerm;
import io.covey.crypto.secagg.ModularVector;
import java.util.List;

/** What the coordinator's shell does with vectors. Holds one sum, and no vector longer. */
final class BenchSum {
  /** Words that are unpacked at once. */
  private static final int BLOCK_WORDS = 1024;

  private final LaneLayout layout;
  private final CpuMeter<CoordinatorStep> meter;
  private final ModularVector sum;
  private final MaskExpander expander = new MaskExpander(Prg.aesCtr());

  BenchSum(LaneLayout layout, CpuMeter<CoordinatorStep> meter) {
    this.layout = layout;
    this.meter = meter;
    this.sum = new ModularVector(layout.words());
  }

  void include(MaskedVector vector) {
    meter.run(ADDING, () -> sum.add(vector.buffer(), 0));
  }

  void remove(List<MaskTerm> terms) {
    meter.run(REMOVING_MASKS, () -> terms.forEach(term -> expander.apply(term, sum)));
    terms.forEach(MaskTerm::close);
  }

  /** Whether the opened sum is that of the participants' own entries, one by one. */
  boolean isSumOf(Iterable<Integer> participants, InputVectors inputs) {
    long[] expected = new long[layout.entries()];
    int[] entries = new int[layout.entries()];
    for (int participant : participants) {
      inputs.fill(participant, entries);
      for (int i = 0; i < entries.length; i++) {
        expected[i] += entries[i];
      }
    }
    return isEqualTo(expected);
  }

  private boolean isEqualTo(long[] expected) {
    int lanes = layout.lanesPerWord();
    long[] words = new long[BLOCK_WORDS];
    long[] sums = new long[BLOCK_WORDS * lanes];
    boolean equal = true;
    for (int at = 0; at < sum.length(); at += BLOCK_WORDS) {
      int offset = at;
      int count = Math.min(BLOCK_WORDS, sum.length() - at);
      meter.run(
          UNPACKING,
          () -> {
            sum.copyTo(offset, count, words);
            LanePacking.unpack(layout, words, count, sums);
          });
      // No overflow: an offset in entries is below the length of the plain sum, or not looked at.
      for (int i = 0; i < count * lanes && (long) at * lanes + i < expected.length; i++) {
        equal &= sums[i] == expected[at * lanes + i];
      }
    }
    return equal;
  }
}
