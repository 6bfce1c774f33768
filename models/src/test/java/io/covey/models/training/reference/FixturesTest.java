package io.covey.models.training.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Derived gradients and losses against TensorFlow's. */
class FixturesTest {

  private static final double OUTPUT_TOLERANCE = 1e-5;

  static List<Path> directories() throws IOException {
    return Fixture.directories();
  }

  @ParameterizedTest
  @MethodSource("directories")
  void derivedModelTrainsAsTensorFlowDoes(Path directory) throws IOException {
    Fixture fixture = Fixture.read(directory);
    ReferenceReport report = ReferenceCheck.run(fixture.model(), fixture.reference());
    assertThat(report.outputError()).as("%s", report).isLessThan(OUTPUT_TOLERANCE);
    assertThat(report.pass()).as("%s", report).isTrue();
  }
}
