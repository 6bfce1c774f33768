package io.covey.protocols.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IdsTest {
  private record Kind(String text, int limit, Function<String, Record> constructor) {
    @Override
    public String toString() {
      return text;
    }
  }

  /** What would mean something to MQTT, a file system, a URL, a terminal or SQL. */
  private static final List<String> HOSTILE =
      List.of(
          "",
          " ",
          "a b",
          "a/b",
          "/",
          "..",
          ".",
          ".hidden",
          "-rf",
          "_x",
          "a/../../etc/passwd",
          "a\\b",
          "+",
          "#",
          "a+",
          "a#",
          "$SYS",
          "$share",
          "a\u0000b",
          "a\nb",
          "a\r\nSet-Cookie: x",
          "\u001b[31mred",
          "a%2fb",
          "a?b",
          "a:b",
          "a;b",
          "a'b",
          "a\"b",
          "a|b",
          "a*b",
          "é",
          "аgent", // the first letter is Cyrillic
          "agent\u200b",
          "\u202eagent",
          "\uFEFFagent",
          "１２",
          "😀",
          "\uD800");

  @ParameterizedTest
  @MethodSource("kindsAndHostileStrings")
  void hostileStringsAreNoIdsAndAreNotRepeatedInTheMessage(Kind kind, String hostile) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> kind.constructor.apply(hostile))
        .withMessageMatching(kind.text + " has [ -~]*");
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void ordinaryNamesAreIds(Kind kind) {
    for (String name : List.of("a", "7", "agent-1", "A.b_c-D", "0...", "x--", "a".repeat(64))) {
      assertThat(kind.constructor.apply(name)).hasToString(name);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void longNamesAreRefusedByLength(Kind kind) {
    int limit = kind.limit;
    assertThat(kind.constructor.apply("a".repeat(limit))).hasToString("a".repeat(limit));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> kind.constructor.apply("a".repeat(limit + 1)))
        .withMessageContaining((limit + 1) + " characters, expected 1 to " + limit);
  }

  @Test
  void idsOrderAndCompareByTheirText() {
    assertThat(new AgentId("a")).isEqualTo(new AgentId("a")).isLessThan(new AgentId("b"));
    assertThat(new ModelName("a")).isLessThan(new ModelName("b"));
    assertThat(new GroupName("a")).isLessThan(new GroupName("b"));
    assertThat(new RoundId("a")).isLessThan(new RoundId("b"));
    assertThat(new FleetId("a")).isLessThan(new FleetId("b"));
  }

  @Test
  void modelVersionsCountFromOneAndDoNotWrapAround() {
    assertThat(new ModelVersion(1).next()).isEqualTo(new ModelVersion(2)).hasToString("2");
    assertThat(new ModelVersion(2)).isGreaterThan(new ModelVersion(1));
    assertThatIllegalArgumentException().isThrownBy(() -> new ModelVersion(0));
    assertThatIllegalArgumentException().isThrownBy(() -> new ModelVersion(-1));
    assertThatThrownBy(() -> new ModelVersion(Integer.MAX_VALUE).next())
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void digestIsThatOfTheStandard() {
    // FIPS 180-4, the example "abc".
    String expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    byte[] content = "abc".getBytes(StandardCharsets.US_ASCII);
    assertThat(Sha256.of(content)).hasToString(expected);
    assertThat(Sha256.of(ByteBuffer.wrap(content).asReadOnlyBuffer())).hasToString(expected);
    assertThat(Sha256.fromBytes(Sha256.of(content).toBytes())).isEqualTo(new Sha256(expected));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015adc",
        "ga7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "٣a7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
      })
  void digestHasOneSpelling(String hex) {
    assertThatIllegalArgumentException().isThrownBy(() -> new Sha256(hex));
  }

  @Test
  void digestOfAnotherLengthIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> Sha256.fromBytes(new byte[31]));
    assertThatIllegalArgumentException().isThrownBy(() -> Sha256.fromBytes(new byte[0]));
  }

  static Stream<Kind> kinds() {
    return Stream.of(
        new Kind("fleet id", 64, FleetId::new),
        new Kind("agent id", 64, AgentId::new),
        new Kind("model name", 64, ModelName::new),
        new Kind("group name", 64, GroupName::new),
        new Kind("round id", 96, RoundId::new));
  }

  static Stream<Arguments> kindsAndHostileStrings() {
    return kinds().flatMap(kind -> HOSTILE.stream().map(text -> Arguments.of(kind, text)));
  }
}
