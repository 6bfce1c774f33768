package io.covey.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.crypto.secagg.AdversaryModel;
import io.covey.protocols.message.LocalTraining;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class TrainingPlanTest {

  /**
   * 0.29 * 100 is below 29 in binary; one corrupt participant too few would be noise too little.
   */
  @Test
  void thoseWhoseNoiseIsCertainAreCountedInDecimalsLikeTheThreshold() {
    AggregationPlan aggregation =
        new AggregationPlan(
            AdversaryModel.SEMI_MALICIOUS, 0.29, 0.1, 40, 30, Duration.ofSeconds(30));
    TrainingPlan plan =
        new TrainingPlan(
            100,
            90,
            new LocalTraining(1, 20, 0.1f, 0),
            12,
            4f,
            512,
            16f,
            ServerOptimization.fedAvg(),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            aggregation);
    assertThat(plan.smallestSum()).isEqualTo(90);
    assertThat(plan.minimumHonest()).isEqualTo(90 - 29);
  }
}
