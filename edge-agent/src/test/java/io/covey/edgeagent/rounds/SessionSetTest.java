package io.covey.edgeagent.rounds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SessionSetTest {
  private final SessionSet set = new SessionSet();

  @Test
  void itAnswersAsAPlainSetDoes() {
    long seed = System.nanoTime();
    System.out.println("SessionSetTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    Set<Long> reference = new HashSet<>();
    for (int i = 0; i < 100_000; i++) {
      // Few enough values for many repetitions, and far enough apart for a real table.
      long key = (1 + random.nextLong(40_000)) << (40 * random.nextInt(2));
      assertThat(set.contains(key)).isEqualTo(reference.contains(key));
      assertThat(set.add(key)).isEqualTo(reference.add(key));
    }
    assertThat(set.size()).isEqualTo(reference.size());
    assertThat(reference).allMatch(set::contains);
  }

  @Test
  void aKeyOfZerosIsRememberedLikeAnyOther() {
    assertThat(set.contains(0)).isFalse();
    assertThat(set.add(0)).isTrue();
    assertThat(set.add(0)).isFalse();
    assertThat(set.contains(0)).isTrue();
  }

  @Test
  void theKeyIsTheBeginningOfTheSession() {
    byte[] session = new byte[32];
    session[0] = 1;
    session[7] = 2;
    session[8] = 3;
    assertThat(SessionSet.keyOf(session)).isEqualTo(0x0100000000000002L);
  }
}
