package io.covey.edgeagent.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.models.runtime.ElementType;
import io.covey.models.runtime.Signature;
import io.covey.models.runtime.Tensor;
import io.covey.models.runtime.TensorSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InferenceRequestReaderTest {
  private static final int ANY = TensorSpec.ANY;
  private static final Signature ONE =
      signature(new TensorSpec("x", ElementType.FLOAT32, List.of(ANY, 2)));

  private static Signature signature(TensorSpec... inputs) {
    return new Signature(
        "infer",
        List.of(inputs),
        List.of(
            new TensorSpec("a", ElementType.FLOAT32, List.of(ANY)),
            new TensorSpec("b", ElementType.FLOAT32, List.of(ANY))));
  }

  private static InferenceRequest read(String json, Signature signature) throws InferenceException {
    return InferenceRequestReader.read(json.getBytes(StandardCharsets.UTF_8), signature);
  }

  private static Tensor x(String input) throws InferenceException {
    return input(read("{\"inputs\":[{%s}]}".formatted(input), ONE), "x");
  }

  private static Tensor input(InferenceRequest request, String name) {
    return Objects.requireNonNull(request.inputs().get(name), name);
  }

  private static void refuses(String json, String message) {
    assertThatThrownBy(() -> read(json, ONE))
        .isInstanceOfSatisfying(
            InferenceException.class,
            e -> assertThat(e.reason()).isEqualTo(InferenceException.Reason.INVALID_REQUEST))
        .hasMessageContaining(message);
  }

  private static void refusesInput(String input, String message) {
    refuses("{\"inputs\":[{%s}]}".formatted(input), message);
  }

  private static final String HEAD = "\"name\":\"x\",\"datatype\":\"FP32\",";

  @Test
  void flatAndNestedDataAreTheSameTensor() throws Exception {
    float[] flat = x(HEAD + "\"shape\":[2,2],\"data\":[1,2.5,-3e2,4]").toFloats();
    assertThat(flat).containsExactly(1, 2.5f, -300, 4);
    assertThat(x(HEAD + "\"shape\":[2,2],\"data\":[[1,2.5],[-3e2,4]]").toFloats())
        .containsExactly(flat);
  }

  @Test
  void fieldsMayComeInAnyOrder() throws Exception {
    String[] fields = {
      "\"name\":\"x\"", "\"datatype\":\"FP32\"", "\"shape\":[1,2]", "\"data\":[1.5,7]"
    };
    for (int[] order : new int[][] {{3, 0, 1, 2}, {0, 3, 2, 1}, {1, 3, 0, 2}, {2, 1, 3, 0}}) {
      StringBuilder input = new StringBuilder();
      for (int i : order) {
        input.append(input.isEmpty() ? "" : " ,\n").append(fields[i]);
      }
      assertThat(x(input.toString()).toFloats()).containsExactly(1.5f, 7);
    }
  }

  @Test
  void dataBeforeTheirNameFollowAByteOrderMarkAndWideCharacters() throws Exception {
    String json =
        "\uFEFF{\"id\":\"\u00e4\uD83D\uDE00\",\"inputs\":[{\"data\":[3,4],"
            + "\"shape\":[1,2],\"datatype\":\"FP32\",\"name\":\"x\"}]}";
    InferenceRequest request = read(json, ONE);
    assertThat(request.id()).contains("\u00e4\uD83D\uDE00");
    assertThat(input(request, "x").toFloats()).containsExactly(3, 4);
  }

  @Test
  void parametersAndUnknownFieldsAreTolerated() throws Exception {
    String json =
        "{\"parameters\":{\"priority\":1,\"deep\":{\"a\":[1,{}]}},\"future\":[[]],\"inputs\":[{"
            + HEAD
            + "\"shape\":[1,2],\"parameters\":{\"k\":true},\"data\":[1,2]}],"
            + "\"outputs\":[{\"name\":\"b\",\"parameters\":{}},{\"name\":\"a\"}]}";
    InferenceRequest request = read(json, ONE);
    assertThat(request.outputs()).containsExactly("b", "a");
    assertThat(request.id()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "INT8, INT8, -128, 127",
    "UINT8, UINT8, 0, 255",
    "INT16, INT16, -32768, 32767",
    "INT32, INT32, -2147483648, 2147483647",
    "INT64, INT64, -9223372036854775808, 9223372036854775807"
  })
  void wholeNumbersKeepTheirFullRangeAndNoMore(
      ElementType type, String name, String least, String most) throws Exception {
    Signature signature = signature(new TensorSpec("x", type, List.of(ANY)));
    String json =
        "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"%s\",\"shape\":[2],\"data\":[%s,%s]}]}";
    Tensor tensor = input(read(json.formatted(name, least, most), signature), "x");
    assertThat(tensor.longAt(0)).isEqualTo(Long.parseLong(least));
    assertThat(tensor.longAt(1)).isEqualTo(Long.parseLong(most));
    for (String beyond : List.of(most + "0", "1.0", "true", "\"1\"", "null", "1e2")) {
      assertThatThrownBy(() -> read(json.formatted(name, "0", beyond), signature))
          .isInstanceOf(InferenceException.class)
          .hasMessageContaining("value 1 of input 'x' is not a whole number");
    }
  }

  @Test
  void truthValuesAndDoublesAreRead() throws Exception {
    Signature signature =
        signature(
            new TensorSpec("t", ElementType.BOOL, List.of(2)),
            new TensorSpec("d", ElementType.FLOAT64, List.of()));
    String json =
        "{\"inputs\":[{\"name\":\"t\",\"datatype\":\"BOOL\",\"shape\":[2],\"data\":[true,false]},"
            + "{\"name\":\"d\",\"datatype\":\"FP64\",\"shape\":[],\"data\":[1e300]}]}";
    InferenceRequest request = read(json, signature);
    assertThat(input(request, "t").longAt(0)).isEqualTo(1);
    assertThat(input(request, "t").longAt(1)).isZero();
    assertThat(input(request, "d").doubleAt(0)).isEqualTo(1e300);
    assertThatThrownBy(() -> read(json.replace("true", "1"), signature))
        .hasMessageContaining("is not true or false");
  }

  @Test
  void shapesThatDoNotFitAreRefused() {
    refusesInput(
        HEAD + "\"shape\":[2,3],\"data\":[1,2,3,4,5,6]", "has shape [2, 3], expected [-1, 2]");
    refusesInput(HEAD + "\"shape\":[2],\"data\":[1,2]", "expected [-1, 2]");
    refusesInput(HEAD + "\"shape\":[0,2],\"data\":[]", "whole numbers from 1 on");
    refusesInput(HEAD + "\"shape\":[-1,2],\"data\":[1,2]", "whole numbers from 1 on");
    refusesInput(HEAD + "\"shape\":[1.0,2],\"data\":[1,2]", "whole numbers from 1 on");
    refusesInput(HEAD + "\"shape\":2,\"data\":[1,2]", "is not an array");
    refusesInput(
        HEAD + "\"shape\":[%s],\"data\":[1]".formatted("1,".repeat(20) + "1"), "at most 16");
    refusesInput(HEAD + "\"shape\":[99999999999,2],\"data\":[1,2]", "JSON");
  }

  @Test
  void aShapeLargerThanTheBodyAllocatesNothing() {
    refusesInput(HEAD + "\"shape\":[1000000000,2],\"data\":[1,2]", "fewer values than its shape");
    refusesInput(HEAD + "\"shape\":[2147483647,2],\"data\":[1,2]", "fewer values than its shape");
  }

  @Test
  void dataThatDoNotFillTheShapeAreRefused() {
    refusesInput(HEAD + "\"shape\":[2,2],\"data\":[1,2,3]", "takes 4 values, and there are 3");
    refusesInput(HEAD + "\"shape\":[2,2],\"data\":[1,2,3,4,5]", "and there are more");
    refusesInput(HEAD + "\"shape\":[2,2],\"data\":[]", "there are 0");
    refusesInput(HEAD + "\"shape\":[2,2],\"data\":[[1,2,3],[4]]", "do not have its shape");
    refusesInput(HEAD + "\"shape\":[2,2],\"data\":[[1,2,3,4]]", "do not have its shape");
    refusesInput(HEAD + "\"shape\":[2,2],\"data\":[[1,2]]", "do not have its shape [2, 2]");
    refusesInput(HEAD + "\"shape\":[2,2],\"data\":[[[1,2]],[[3,4]]]", "do not have its shape");
    refusesInput(HEAD + "\"shape\":[2,2],\"data\":[[1,2],3,4]", "do not have its shape");
    refusesInput(
        HEAD + "\"shape\":[2,2],\"data\":[1,[2,3],4]", "value 1 of input 'x' is not a number");
    refusesInput(HEAD + "\"shape\":[2,2],\"data\":7", "not an array");
    refusesInput(HEAD + "\"shape\":[2,2],\"data\":[[],[]]", "do not have its shape");
  }

  @Test
  void numbersThatAreNoneAreRefused() {
    for (String value : List.of("null", "\"1\"", "true", "{}")) {
      refusesInput(HEAD + "\"shape\":[1,2],\"data\":[1,%s]".formatted(value), "is not a number");
    }
    refusesInput(HEAD + "\"shape\":[1,2],\"data\":[1e39,0]", "in the range of FP32");
    refusesInput(HEAD + "\"shape\":[1,2],\"data\":[NaN,0]", "not JSON");
    refusesInput(HEAD + "\"shape\":[1,2],\"data\":[%s,0]".formatted("1".repeat(600)), "not JSON");
  }

  @Test
  void namesAndTypesMustBeTheModels() {
    refusesInput(
        "\"name\":\"z\",\"datatype\":\"FP32\",\"shape\":[1,2],\"data\":[1,2]", "no input 'z'");
    refusesInput(
        "\"name\":\"x\",\"datatype\":\"FP64\",\"shape\":[1,2],\"data\":[1,2]", "expected FP32");
    refusesInput(
        "\"name\":\"x\",\"datatype\":\"BYTES\",\"shape\":[1,2],\"data\":[1,2]", "not known");
    refusesInput("\"datatype\":\"FP32\",\"shape\":[1,2],\"data\":[1,2]", "no field 'name'");
    refusesInput("\"name\":\"x\",\"shape\":[1,2],\"data\":[1,2]", "needs the fields");
    refusesInput(HEAD + "\"data\":[1,2]", "needs the fields");
    refusesInput(HEAD + "\"shape\":[1,2]", "needs the fields");
    refusesInput("\"name\":7", "is not a string");
    refuses("{}", "no field 'inputs'");
    refuses("{\"inputs\":[]}", "input 'x' is missing");
    refuses("{\"inputs\":{}}", "'inputs' is not an array");
    refuses("{\"inputs\":[1]}", "not an object");
    refuses("{\"id\":7,\"inputs\":[]}", "'id' is not a string");
    String good = "{" + HEAD + "\"shape\":[1,2],\"data\":[1,2]}";
    refuses("{\"inputs\":[%s,%s]}".formatted(good, good), "there twice");
    refuses("{\"inputs\":[%s],\"inputs\":[%s]}".formatted(good, good), "there twice");
    refuses("{\"inputs\":[%s],\"outputs\":[{\"name\":\"q\"}]}".formatted(good), "'q'");
    refuses(
        "{\"inputs\":[%s],\"outputs\":[{\"name\":\"a\"},{\"name\":\"a\"}]}".formatted(good),
        "once");
    refuses("{\"inputs\":[%s],\"outputs\":[{}]}".formatted(good), "'outputs' names 'null'");
    refusesInput(HEAD + "\"shape\":[1,2],\"data\":[1,2],\"data\":[1,2]", "two fields 'data'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "nonsense",
        "[1]",
        "{",
        "{\"inputs\":[",
        "{\"inputs\":[{\"name\":\"x",
        "{}{}",
        "{\"inputs\":[]}]",
        "\u0000",
        "{\"a\":\"\\ud800\"}x",
        "{'inputs':[]}",
        "{\"id\":\"a\nb\"}"
      })
  void whatIsNoRequestIsRefused(String json) {
    assertThatThrownBy(() -> read(json, ONE)).isInstanceOf(InferenceException.class);
  }

  @Test
  void deepNestingIsRefusedBeforeItUsesTheStack() {
    refuses("{\"parameters\":" + "[".repeat(1_000_000), "not JSON");
    refusesInput(HEAD + "\"shape\":[1,2],\"data\":" + "[".repeat(1_000_000), "");
  }

  /** Bytes changed at random: an answer or a refusal, and nothing else, whatever the bytes. */
  @Test
  void mutatedRequestsAreReadOrRefused() {
    String seedText =
        "{\"id\":\"42\",\"parameters\":{\"a\":1},\"inputs\":[{\"data\":[[1.5,-2e1],[3,4]],"
            + "\"name\":\"x\",\"shape\":[2,2],\"datatype\":\"FP32\"}],\"outputs\":[{\"name\":\"a\"}]}";
    byte[] seedBytes = seedText.getBytes(StandardCharsets.UTF_8);
    byte[] alphabet = "{}[]\",:0123456789.eE+-truefalsn \\x\u00ff".getBytes(StandardCharsets.UTF_8);
    long seed = 20_260_101;
    Random random = new Random(seed);
    int read = 0;
    for (int run = 0; run < 20_000; run++) {
      byte[] bytes = seedBytes.clone();
      int changes = 1 + random.nextInt(6);
      for (int i = 0; i < changes; i++) {
        bytes[random.nextInt(bytes.length)] = alphabet[random.nextInt(alphabet.length)];
      }
      if (random.nextInt(4) == 0) {
        bytes = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
      try {
        InferenceRequest request = InferenceRequestReader.read(bytes, ONE);
        assertThat(request.inputs()).containsOnlyKeys("x");
        read++;
      } catch (InferenceException e) {
        assertThat(e.reason())
            .as("seed %d run %d", seed, run)
            .isEqualTo(InferenceException.Reason.INVALID_REQUEST);
      }
    }
    assertThat(read).isPositive();
  }
}
