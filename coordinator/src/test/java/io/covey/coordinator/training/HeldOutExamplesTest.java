package io.covey.coordinator.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.models.data.DataFormat.LabelColumn;
import io.covey.models.data.DataFormat.LabelKind;
import io.covey.models.data.Targets;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HeldOutExamplesTest {
  private static final LabelColumn LABEL = new LabelColumn("label", LabelKind.NUMBERS);

  @Test
  void theLabelMayStandInAnyColumn() {
    HeldOutExamples examples = parse("a,label,b\n2,7,4\n6,1,8\n");
    assertThat(examples.size()).isEqualTo(2);
    assertThat(examples.features().rowSize()).isEqualTo(2);
    assertThat(examples.features().toArray()).containsExactly(1f, 2f, 3f, 4f);
    assertThat(((Targets.Classes) examples.targets()).labels().toArray()).containsExactly(7, 1);
  }

  @Test
  void everyMistakeIsNamedWithItsLine() {
    assertRefused("a,b\n1,2\n", "no column 'label'");
    assertRefused("a,label\n", "no examples");
    assertRefused("a,label\n1,2\n1,2,3\n", "line 3");
    assertRefused("a,label\nx,2\n", "line 2, column 'a': 'x' is not a number");
    assertRefused("a,label\nNaN,2\n", "line 2, column 'a': 'NaN' is not a finite number");
    assertRefused("a,label\n1,-1\n", "line 2, column 'label'");
    assertRefused("a,label\n1,1.5\n", "line 2, column 'label'");
    assertRefused("a,a,label\n1,1,1\n", "duplicate");
    assertRefused("", "no column 'label'");
  }

  private static void assertRefused(String csv, String message) {
    assertThatThrownBy(() -> parse(csv))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private static HeldOutExamples parse(String csv) {
    return HeldOutExamples.parse(csv.getBytes(StandardCharsets.UTF_8), LABEL, 0.5f);
  }
}
