package io.covey.protocols.transport;

import static io.covey.protocols.transport.QualityOfService.AT_LEAST_ONCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SubscriptionTreeTest {
  private final SubscriptionTree<String> tree = new SubscriptionTree<>();

  /** The examples of MQTT 5.0, sections 4.7.1 and 4.7.2, and some more. */
  @ParameterizedTest
  @CsvSource({
    "sport/tennis/player1/#, sport/tennis/player1, true",
    "sport/tennis/player1/#, sport/tennis/player1/ranking, true",
    "sport/tennis/player1/#, sport/tennis/player1/score/wimbledon, true",
    "sport/#, sport, true",
    "#, sport/tennis, true",
    "#, /, true",
    "sport/tennis/+, sport/tennis/player1, true",
    "sport/tennis/+, sport/tennis/player1/ranking, false",
    "sport/+, sport, false",
    "sport/+, sport/, true",
    "+/+, /finance, true",
    "/+, /finance, true",
    "+, /finance, false",
    "+/tennis/#, sport/tennis, true",
    "#, $SYS/broker, false",
    "+/broker, $SYS/broker, false",
    "$SYS/#, $SYS/broker, true",
    "$SYS/+, $SYS/broker, true",
    "a/+, a/$b, true",
    "a/b, a/B, false",
    "a/b, a/b/, false",
    "$share/group/a/+, a/b, true",
    "$share/group/#, a/b, true"
  })
  void filterMatchesAsTheStandardSays(String filter, String topic, boolean expected) {
    TopicSyntax.checkFilter(filter);
    tree.put(filter, "me", AT_LEAST_ONCE);
    assertThat(!tree.match(topic).isEmpty()).isEqualTo(expected);
  }

  @Test
  void removedSubscriptionMatchesNothingAndLeavesTheOthers() {
    tree.put("a/+/c", "me", AT_LEAST_ONCE);
    tree.put("a/b/c", "you", AT_LEAST_ONCE);
    tree.put("a/b", "you", AT_LEAST_ONCE);
    tree.remove("a/b/c", "you");
    tree.remove("a/b/c", "nobody");
    tree.remove("never/there", "me");
    assertThat(subscribers("a/b/c")).containsExactly("me");
    assertThat(subscribers("a/b")).containsExactly("you");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a/#/b",
        "a#",
        "a/b#",
        "#a",
        "+a",
        "a+/b",
        "a/+b",
        "$share/",
        "$share/g",
        "$share/g/",
        "$share//a",
        "a\u0000b"
      })
  void malformedFiltersAreRefused(String filter) {
    assertThatIllegalArgumentException().isThrownBy(() -> TopicSyntax.checkFilter(filter));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/+", "#", "a/b#c", "a\u0000b"})
  void malformedTopicsAreRefused(String topic) {
    assertThatIllegalArgumentException().isThrownBy(() -> TopicSyntax.checkTopic(topic));
  }

  @Test
  void topicIsBoundedInBytes() {
    assertThatCode(() -> TopicSyntax.checkTopic("a".repeat(65_535))).doesNotThrowAnyException();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TopicSyntax.checkTopic("é".repeat(32_768)))
        .withMessageContaining("65536 bytes");
  }

  private List<String> subscribers(String topic) {
    return tree.match(topic).stream().flatMap(group -> group.members().keySet().stream()).toList();
  }
}
