package io.covey.models.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.models.graph.Constant;
import io.covey.models.graph.Metadata;
import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelGraph;
import io.covey.models.graph.ModelLimits;
import io.covey.models.training.TrainableVariable.Use;
import io.covey.models.training.reference.Fixture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The list of variables in a trainable file: what was written is read, and nothing else. */
class VariableListTest {

  private static final int LISTS = Integer.getInteger("covey.mutatedLists", 600);
  private static final long SEED = Long.getLong("covey.seed", 51_007);

  private static final String TELLING = "\t\n.,-0123456789 \u0000wé\ud83d";

  @Test
  void listIsReadAsItWasWritten() {
    List<TrainableVariable> variables =
        List.of(
            new TrainableVariable("w00", "dense/kernel;x", List.of(3, 4), List.of(new Use(2, 1))),
            new TrainableVariable("w01", "", List.of(), List.of(new Use(7, 2), new Use(9, 0))));
    assertThat(VariableList.read(VariableList.write(variables).value())).isEqualTo(variables);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "w00\t3\t1.1",
        "w00\t3\t1.1\tname\tmore",
        "w00\t-3\t1.1\tname",
        "w00\t0\t1.1\tname",
        "w00\t99999999999\t1.1\tname",
        "w00\t65536,65536\t1.1\tname",
        "w00\t3\t1\tname",
        "w00\t3\t-1.1\tname",
        "w00\t3\t\tname",
        "w00\t3,\t1.1\tname",
        "w00\t3\t1.1\tname\n"
      })
  void malformedListsAreRefusedByTheirLine(String text) {
    Constant value = Constant.ofBytes(text.getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> VariableList.read(value))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("list of variables")
        .hasMessageContaining("line ");
  }

  @Test
  void listsBeyondTheLimitAreNotLookedAt() {
    Constant value = Constant.ofBytes(new byte[(4 << 20) + 1]);
    assertThatThrownBy(() -> VariableList.read(value))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("4194305 bytes");
  }

  @Test
  void alteredListsAreReadOrRefused() throws IOException {
    System.out.println("altered lists: " + LISTS + " seeds from " + SEED + " (covey.seed)");
    ModelGraph plain =
        ModelGraph.readChecked(
            Fixture.read(Fixture.directory("op-shared-weights")).model(), ModelLimits.DEFAULT);
    TrainableModel model = Differentiator.derive(plain, TrainingRecipe.DEFAULT);
    byte[] list = bytes(VariableList.write(model.variables()).value());
    int refused = 0;
    for (long seed = SEED; seed < SEED + LISTS; seed++) {
      refused += survives(model.graph(), altered(list, seed), seed) ? 0 : 1;
    }
    assertThat(refused).isBetween(LISTS / 4, LISTS * 99 / 100);
  }

  /** Whether the file is read; then all that is done with its variables must work, too. */
  private static boolean survives(ModelGraph graph, byte[] list, long seed) {
    ModelGraph altered =
        new ModelGraph(
            graph.subgraphs(),
            graph.signatures(),
            graph.description(),
            List.of(new Metadata(VariableList.METADATA, Constant.ofBytes(list))));
    try {
      TrainableModel read = TrainableModel.read(altered.write(), ModelLimits.DEFAULT);
      float[] values = read.initialValues();
      assertThat(values).hasSize(read.size());
      assertThat(read.withValues(values).write()).isNotEmpty();
      return true;
    } catch (ModelException e) {
      return false;
    } catch (RuntimeException e) {
      throw new AssertionError("the list with seed " + seed, e);
    }
  }

  private static byte[] bytes(Constant value) {
    byte[] bytes = new byte[value.sizeBytes()];
    value.bytes().get(bytes);
    return bytes;
  }

  private static byte[] altered(byte[] list, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    StringBuilder text = new StringBuilder(new String(list, StandardCharsets.UTF_8));
    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
      int position = random.nextInt(text.length());
      char telling = TELLING.charAt(random.nextInt(TELLING.length()));
      switch (random.nextInt(4)) {
        case 0 -> text.setCharAt(position, telling);
        case 1 -> text.insert(position, telling);
        case 2 -> text.deleteCharAt(position);
        default -> text.insert(position, text.substring(0, random.nextInt(text.length())));
      }
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
