package io.covey.simulator.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.coordinator.round.PrivacyPlan;
import io.covey.coordinator.round.TrainingPlan;
import io.covey.protocols.settings.SettingsLoader;
import io.covey.protocols.settings.Sources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateScenarioTest {
  @TempDir Path directory;

  @Test
  void theExampleAsksForNoiseOfWhichThatOfEightyAgentsIsCertain() {
    TrainingPlan plan = load(Path.of("..", "examples", "private-scenario.yaml")).plan().plan();
    assertThat(plan.privacy()).contains(new PrivacyPlan(2.2748, false, Optional.empty()));
    assertThat(plan.minimumHonest()).isEqualTo(80);
  }

  @Test
  void aClipNormMayFollowTheUpdates() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("scenario.yaml"),
            """
            plan:
              privacy:
                noise-multiplier: 0.5
                rotated: true
                adaptive-clipping:
                  quantile: 0.8
            """);
    assertThat(load(file).plan().plan().privacy())
        .contains(new PrivacyPlan(0.5, true, Optional.of(new PrivacyPlan.Clipping(0.8, 0.2))));
  }

  private static Scenario load(Path file) {
    return SettingsLoader.load(Scenario.class, Sources.none().withFile(file)).value();
  }
}
