package io.covey.crypto.privacy;

import com.google.protobuf.ByteString;
import io.covey.crypto.primitive.RandomWords;
import io.covey.protocols.message.UpdateEncoding;

/**
 * Turns a participant's delta and metrics into the words that are summed: the participant's half of
 * the arithmetic in the package description. Immutable; any thread may use it.
 */
public final class UpdateEncoder {
  private final UpdateLayout layout;

  public UpdateEncoder(UpdateLayout layout) {
    this.layout = layout;
  }

  /**
   * The whole update as little-endian words, {@link UpdateLayout#bytes()} long.
   *
   * @param delta trained minus base values, {@code parameterCount} long; not changed
   * @throws NonFiniteValueException if the delta holds a NaN or an infinity
   */
  public ByteString encode(float[] delta, Contribution contribution, RandomWords random) {
    return begin(delta, contribution, random).next(layout.words());
  }

  /**
   * The same words in pieces, so that a large update is never held whole beside its delta.
   *
   * <p>With privacy terms in the encoding the update holds its participant's share of the noise,
   * and is computed here as a whole.
   *
   * @param delta trained minus base values, {@code parameterCount} long; not changed, and read
   *     while the pieces are taken
   * @param random a secure stream, the update's own: whoever knows its words knows the rounding and
   *     the noise
   * @throws NonFiniteValueException if the delta holds a NaN or an infinity
   */
  public UpdateWords begin(float[] delta, Contribution contribution, RandomWords random) {
    UpdateEncoding encoding = layout.encoding();
    if (delta.length != encoding.parameterCount()) {
      throw new IllegalArgumentException(
          "delta of %d entries, expected %d".formatted(delta.length, encoding.parameterCount()));
    }
    if (encoding.privacy().isPresent()) {
      int[] entries = new PrivateEntries(layout).of(delta, contribution, random);
      return new UpdateWords(
          layout.lanes(),
          (from, count, target) -> System.arraycopy(entries, from, target, 0, count),
          new int[0]);
    }
    double factor = L2Clipping.factor(delta, encoding.clipNorm());
    StochasticRounding rounding = new StochasticRounding(random);
    int[] metrics = metrics(contribution, rounding);
    double share = metrics[0] / (double) encoding.maximumWeight();
    return new UpdateWords(
        layout.lanes(), rounding.quantizer(layout.parameters(), delta, factor * share), metrics);
  }

  private int[] metrics(Contribution contribution, StochasticRounding rounding) {
    UpdateEncoding encoding = layout.encoding();
    int weight = Math.min(contribution.examples(), encoding.maximumWeight());
    double loss =
        Math.min(contribution.lossSum() / contribution.examples(), encoding.maximumLoss());
    double lossShare = loss / encoding.maximumLoss() * weight / encoding.maximumWeight();
    double correct = (double) contribution.correct() * weight / contribution.examples();
    return new int[] {
      weight,
      rounding.round(lossShare * layout.lossLevels()),
      // The quotient may exceed an integer weight by a rounding error.
      rounding.round(Math.min(correct, weight))
    };
  }
}
