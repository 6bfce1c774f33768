package io.covey.crypto.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ParameterMemoryTest {
  private static final SecAggAssumptions LIKELY =
      SecAggAssumptions.of(AdversaryModel.SEMI_MALICIOUS, 0.05, 0.05);
  private static final SecAggAssumptions HOPELESS =
      SecAggAssumptions.of(AdversaryModel.SEMI_MALICIOUS, 0.45, 0.4);

  private final ParameterMemory memory = new ParameterMemory();

  @Test
  void whatIsRememberedIsWhatIsComputedHoweverManyWereAskedForSince() throws Exception {
    // More than are remembered, twice, so that some are forgotten and computed again.
    for (int pass = 0; pass < 2; pass++) {
      for (int maximum = 200; maximum < 270; maximum++) {
        GraphConditions conditions = GraphConditions.of(maximum - 20, maximum, LIKELY);
        assertThat(memory.least(conditions)).as("up to %s", maximum).isEqualTo(conditions.least());
        assertThat(memory.least(conditions)).isSameAs(memory.least(conditions));
      }
    }
  }

  @Test
  void thatThereAreNoneIsSaidAgainInTheSameWords() {
    GraphConditions conditions = GraphConditions.of(150, 200, HOPELESS);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> memory.least(conditions))
          .isInstanceOf(InfeasibleSecAggException.class)
          .hasMessageContaining("150 to 200");
    }
  }
}
