package io.covey.benchmarks;

import com.google.protobuf.ByteString;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.privacy.AggregateDecoder;
import io.covey.crypto.privacy.Contribution;
import io.covey.crypto.privacy.UpdateCheck;
import io.covey.crypto.privacy.UpdateEncoder;
import io.covey.crypto.privacy.UpdateLayout;
import io.covey.crypto.secagg.ModularVector;
import io.covey.protocols.message.UpdateEncoding;
import java.util.Random;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** An update of 12-bit values for cohorts of up to 512: three lanes of 21 bits a word. */
@State(Scope.Thread)
public class UpdateState {
  /** The parameter's name, as JMH knows it. */
  static final String PARAMETER_COUNT = "parameterCount";

  private static final int VALUE_BITS = 12;
  private static final int LANE_BITS = 21;
  private static final int COHORT = 512;

  /** Entries of the model's parameter vector. */
  @Param("1000000")
  public int parameterCount = 1;

  final Contribution contribution = new Contribution(100, 70, 60);
  final RandomWords random = AesCtrRandomWords.fromSystemRandomness();

  UpdateLayout layout = layout(1);
  UpdateEncoder encoder = new UpdateEncoder(layout);
  UpdateCheck check = new UpdateCheck(layout);
  AggregateDecoder decoder = new AggregateDecoder(layout);
  float[] delta = {};
  ByteString update = ByteString.EMPTY;

  /** Holds {@link #update} once. */
  ModularVector sum = layout.newSum();

  /** The words of {@link #update}, and room for as many. */
  long[] words = {};

  long[] otherWords = {};

  /** As many entries as fit {@link #words}, and room for as many sums. */
  int[] values = {};

  long[] sums = {};

  /** Makes a random update of the chosen size. */
  @Setup
  public void prepare() {
    layout = layout(parameterCount);
    encoder = new UpdateEncoder(layout);
    check = new UpdateCheck(layout);
    decoder = new AggregateDecoder(layout);
    Random seeded = new Random(1);
    delta = new float[parameterCount];
    for (int i = 0; i < delta.length; i++) {
      delta[i] = (float) (seeded.nextGaussian() / Math.sqrt(parameterCount));
    }
    update = encoder.encode(delta, contribution, random);
    sum = layout.newSum();
    sum.add(update.asReadOnlyByteBuffer(), 0);
    words = new long[layout.words()];
    otherWords = new long[words.length];
    sum.copyTo(0, words.length, words);
    values = seeded.ints((long) words.length * 3, 0, 1 << VALUE_BITS).toArray();
    sums = new long[values.length];
  }

  /** Bytes of the packed words of an update. */
  static long packedBytes(int parameterCount) {
    return layout(parameterCount).bytes();
  }

  private static UpdateLayout layout(int parameterCount) {
    return UpdateLayout.of(
        new UpdateEncoding(parameterCount, VALUE_BITS, LANE_BITS, 1f, 128, 16f), COHORT);
  }
}
