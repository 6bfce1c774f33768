package io.covey.crypto.secagg.client;

import static io.covey.crypto.secagg.client.PlainSession.COHORT;
import static io.covey.crypto.secagg.client.PlainSession.WORDS;
import static io.covey.crypto.secagg.client.PlainSession.agent;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Prg;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.secagg.MaskExpander;
import io.covey.crypto.secagg.MaskTerm;
import io.covey.crypto.secagg.ModularVector;
import io.covey.crypto.secagg.Roster;
import io.covey.crypto.secagg.SessionKeys;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the coordinator sees says nothing but the sum. Each test of uniformity is also given masks
 * that are broken on purpose, and must catch them. Seeds 1 to 4; all is deterministic.
 */
class MaskedViewTest {
  private static final int SESSIONS = 4;
  private static final long[] NOTHING = new long[WORDS];

  /** All lanes of all entries at their largest value. */
  private static final long[] EVERYTHING = filled(0xFFFL | 0xFFFL << 21 | 0xFFFL << 42);

  private static long[] filled(long word) {
    long[] words = new long[WORDS];
    Arrays.fill(words, word);
    return words;
  }

  /** Chi-square of each byte of the words, and the count of each bit, within seven deviations. */
  private static boolean isUniform(long[] words) {
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      double[] counts = new double[256];
      for (long word : words) {
        counts[(int) (word >>> shift) & 0xFF]++;
      }
      double expected = words.length / 256.0;
      double chiSquare = 0;
      for (double count : counts) {
        chiSquare += (count - expected) * (count - expected) / expected;
      }
      // 255 degrees of freedom: mean 255, standard deviation 22.6.
      if (Math.abs(chiSquare - 255) > 7 * 22.6) {
        return false;
      }
    }
    for (int bit = 0; bit < Long.SIZE; bit++) {
      int at = bit;
      long set = Arrays.stream(words).filter(word -> (word >>> at & 1) != 0).count();
      if (Math.abs(set - words.length / 2.0) > 7 * Math.sqrt(words.length) / 2) {
        return false;
      }
    }
    return true;
  }

  /** A session up to the masked vectors, with given inputs, all alike or one against the rest. */
  private static PlainCoordinator session(long seed, long[] ofTheFirst, long[] ofTheRest) {
    PlainCoordinator world = new PlainCoordinator(seed);
    for (int i = 0; i < COHORT; i++) {
      world.inputs.put(agent(i), i == 0 ? ofTheFirst : ofTheRest);
    }
    return maskAll(world);
  }

  private static PlainCoordinator maskAll(PlainCoordinator world) {
    Roster roster = world.advertise(world.all());
    world.maskAndAdd(world.share(roster, world.all()), world.all());
    return world;
  }

  /** Words of all sessions, the same combination of participants' vectors in each. */
  private static long[] combined(List<long[][]> views, int[] factors) {
    long[] words = new long[views.size() * WORDS];
    for (int session = 0; session < views.size(); session++) {
      for (int of = 0; of < COHORT; of++) {
        for (int i = 0; i < WORDS; i++) {
          words[session * WORDS + i] += factors[of] * views.get(session)[of][i];
        }
      }
    }
    return words;
  }

  private static List<long[][]> views(long[] ofTheFirst, long[] ofTheRest, boolean withSelfMasks) {
    return LongStream.rangeClosed(1, SESSIONS)
        .mapToObj(seed -> view(session(seed, ofTheFirst, ofTheRest), withSelfMasks))
        .toList();
  }

  private static long[][] view(PlainCoordinator world, boolean withSelfMasks) {
    long[][] view = new long[COHORT][];
    for (int i = 0; i < COHORT; i++) {
      long[] words = requireNonNull(world.masked.get(agent(i))).clone();
      if (!withSelfMasks) {
        List<MaskTerm> terms = requireNonNull(world.seeds.get(agent(i)));
        MaskTerm own = terms.get(terms.size() - 1);
        words = applied(new MaskTerm(MaskTerm.Sign.SUBTRACT, own.seed()), words);
      }
      view[i] = words;
    }
    return view;
  }

  private static long[] applied(MaskTerm term, long[] words) {
    ModularVector vector = new ModularVector(words.length);
    vector.add(words);
    new MaskExpander(Prg.aesCtr()).apply(term, vector);
    long[] result = new long[words.length];
    vector.copyTo(0, result.length, result);
    return result;
  }

  @Test
  void aMaskedVectorIsUniformWhateverIsInIt() {
    for (List<long[][]> views :
        List.of(views(NOTHING, NOTHING, true), views(EVERYTHING, NOTHING, true))) {
      for (int of = 0; of < COHORT; of++) {
        int[] factors = new int[COHORT];
        factors[of] = 1;
        assertThat(isUniform(combined(views, factors))).as("vector of agent-%d", of).isTrue();
      }
    }
  }

  /**
   * Self masks are known to the coordinator in the end. Then the sum over everybody is plain, and
   * over any part of them it is uniform: so the joint view is that of the sum, whatever the inputs.
   * A reused mask would show in a part of two, a graph in two pieces in one of the pieces.
   */
  @Test
  void everyPartOfTheCohortIsUniformButTheWhole() {
    List<long[][]> views = views(EVERYTHING, NOTHING, false);
    int whole = (1 << COHORT) - 1;
    for (int part = 1; part < whole; part++) {
      assertThat(isUniform(combined(views, indicator(part)))).as("part %d", part).isTrue();
    }
    long[] sum = combined(views, indicator(whole));
    assertThat(sum).containsOnly(EVERYTHING[0]);
  }

  private static int[] indicator(int part) {
    int[] factors = new int[COHORT];
    for (int of = 0; of < COHORT; of++) {
      factors[of] = part >>> of & 1;
    }
    return factors;
  }

  /** Parts say nothing of differences; these do. Seed 7 draws the factors. */
  @Test
  void everyOtherCombinationIsUniformToo() {
    List<long[][]> views = views(EVERYTHING, NOTHING, false);
    Random random = new Random(7);
    for (int i = 0; i < 200; i++) {
      int[] factors = random.ints(COHORT, -3, 4).toArray();
      // An odd difference between two factors leaves all 64 bits of a mask.
      factors[0] = factors[1] + 1;
      assertThat(isUniform(combined(views, factors)))
          .as("factors %s", Arrays.toString(factors))
          .isTrue();
    }
  }

  /**
   * The sum is the same, the inputs are others: in no part of the cohort can the two be told apart,
   * by a test of both samples together.
   */
  @Test
  void otherInputsWithTheSameSumLookAlike() {
    List<long[][]> views = views(EVERYTHING, NOTHING, false);
    List<long[][]> others =
        LongStream.rangeClosed(5, 4 + SESSIONS)
            .mapToObj(
                seed -> {
                  PlainCoordinator world = new PlainCoordinator(seed);
                  for (int i = 0; i < COHORT; i++) {
                    world.inputs.put(agent(i), i == COHORT - 1 ? EVERYTHING : NOTHING);
                  }
                  return view(maskAll(world), false);
                })
            .toList();
    for (int part = 1; part < (1 << COHORT) - 1; part++) {
      long[] one = combined(views, indicator(part));
      long[] other = combined(others, indicator(part));
      assertThat(lookAlike(one, other)).as("part %d", part).isTrue();
    }
    assertThat(combined(others, indicator(255))).containsOnly(EVERYTHING[0]);
    assertThat(lookAlike(combined(views, indicator(1)), new long[SESSIONS * WORDS])).isFalse();
  }

  /** Chi-square of two samples, for each byte, within seven deviations. */
  private static boolean lookAlike(long[] one, long[] other) {
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      double[] difference = new double[256];
      double[] total = new double[256];
      for (int i = 0; i < one.length; i++) {
        difference[(int) (one[i] >>> shift) & 0xFF]++;
        difference[(int) (other[i] >>> shift) & 0xFF]--;
        total[(int) (one[i] >>> shift) & 0xFF]++;
        total[(int) (other[i] >>> shift) & 0xFF]++;
      }
      double chiSquare = 0;
      for (int value = 0; value < 256; value++) {
        chiSquare += difference[value] * difference[value] / Math.max(total[value], 1);
      }
      if (Math.abs(chiSquare - 255) > 7 * 22.6) {
        return false;
      }
    }
    return true;
  }

  @Test
  void everybodyHasOneMaskWithEachOtherAndOneOfItsOwn() {
    PlainCoordinator world = session(1, NOTHING, NOTHING);
    Set<Octets> seeds = new HashSet<>();
    int terms = 0;
    for (int i = 0; i < COHORT; i++) {
      List<MaskTerm> of = requireNonNull(world.seeds.get(agent(i)));
      assertThat(of).hasSize(COHORT);
      of.forEach(term -> seeds.add(Octets.copyOf(term.seed().reveal())));
      terms += of.size();
    }
    assertThat(terms).isEqualTo(COHORT * COHORT);
    assertThat(seeds).hasSize(COHORT * (COHORT - 1) / 2 + COHORT);
  }

  /** A vector without its last mask, or with a mask twice, is not uniform in some part. */
  @Test
  void missingAndReusedMasksAreCaught() {
    List<long[][]> views = views(NOTHING, NOTHING, true);
    List<long[][]> unmasked = views.stream().map(view -> new long[COHORT][WORDS]).toList();
    int[] first = indicator(1);
    assertThat(isUniform(combined(unmasked, first))).isFalse();
    List<long[][]> reused = views.stream().map(view -> copiesOf(view[0])).toList();
    assertThat(isUniform(combined(reused, first))).isTrue();
    assertThat(isUniform(combined(reused, new int[] {1, -1, 0, 0, 0, 0, 0, 0}))).isFalse();
  }

  private static long[][] copiesOf(long[] vector) {
    long[][] copies = new long[COHORT][];
    Arrays.setAll(copies, i -> vector.clone());
    return copies;
  }

  @ParameterizedTest
  @ValueSource(ints = {28, 32, 63})
  void masksOfFewerBitsAreCaught(int bits) {
    List<long[][]> narrow =
        views(NOTHING, NOTHING, true).stream()
            .map(view -> masked(view, word -> word & ((1L << bits) - 1)))
            .toList();
    assertThat(isUniform(combined(narrow, indicator(1)))).isFalse();
  }

  private static long[][] masked(long[][] view, LongUnaryOperator change) {
    long[][] changed = new long[view.length][];
    Arrays.setAll(changed, i -> Arrays.stream(view[i]).map(change).toArray());
    return changed;
  }

  private static final int SEEDS = 1 << 18;

  /** How many of many masks begin with the same word as another. */
  private static int collisions(UnaryOperator<SecretBytes> seedOf) {
    Random random = new Random(3);
    long[] words = new long[SEEDS];
    long[] first = new long[1];
    for (int i = 0; i < SEEDS; i++) {
      byte[] secret = new byte[32];
      random.nextBytes(secret);
      Prg.aesCtr().expand(seedOf.apply(SecretBytes.owning(secret))).fill(first);
      words[i] = first[0];
    }
    return SEEDS - (int) Arrays.stream(words).distinct().count();
  }

  /**
   * A generator seeded with 32 bits begins alike 8 times among 2^18, one with 28 bits 128 times.
   */
  @Test
  void masksHaveMoreThan32BitsOfSeed() {
    SessionKeys keys = new SessionKeys(Octets.owning(new byte[32]), Octets.owning(new byte[32]));
    assertThat(collisions(secret -> keys.selfMaskSeed(agent(0), secret))).isZero();
    assertThat(collisions(secret -> folded(secret, 32))).isBetween(1, 30);
    assertThat(collisions(secret -> folded(secret, 28))).isBetween(60, 200);
  }

  private static SecretBytes folded(SecretBytes secret, int bits) {
    int folded = 0;
    ByteBuffer bytes = ByteBuffer.wrap(secret.reveal());
    while (bytes.hasRemaining()) {
      folded ^= bytes.getInt();
    }
    return SecretBytes.owning(ByteBuffer.allocate(32).putInt(folded >>> (32 - bits)).array());
  }

  @Test
  void everyBitOfASeedChangesItsMask() {
    byte[] seed = new byte[32];
    Set<Long> first = new HashSet<>();
    long[] word = new long[1];
    for (int bit = 0; bit < 256; bit++) {
      byte[] flipped = seed.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      Prg.aesCtr().expand(SecretBytes.owning(flipped)).fill(word);
      first.add(word[0]);
    }
    assertThat(first).hasSize(256);
  }

  /**
   * No statistics see that one of 2^64 words is missing. So the extremes are put in: with a range
   * of one less, the largest word would be none.
   */
  @Test
  void theLargestAndTheSmallestWordOfAMaskCountAsTheyAre() {
    long[] extremes = {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 0xFFFF_FFFFL, 1L << 32};
    RandomWords stream = destination -> System.arraycopy(extremes, 0, destination, 0, 7);
    for (long input : new long[] {0, 1, -1, Long.MAX_VALUE}) {
      for (MaskTerm.Sign sign : MaskTerm.Sign.values()) {
        ModularVector vector = new ModularVector(7);
        long[] inputs = new long[7];
        Arrays.fill(inputs, input);
        vector.add(inputs);
        new MaskExpander(seed -> stream)
            .apply(new MaskTerm(sign, SecretBytes.owning(new byte[32])), vector);
        for (int i = 0; i < 7; i++) {
          long mask = sign == MaskTerm.Sign.ADD ? extremes[i] : -extremes[i];
          assertThat(vector.word(i)).isEqualTo(input + mask);
        }
      }
    }
  }
}
