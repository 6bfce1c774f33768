package io.covey.coordinator.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.protocols.id.FleetId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicPermissionsTest {
  private final TopicPermissions permissions =
      new TopicPermissions(new FleetId("home"), "covey/coordinator");

  @ParameterizedTest
  @ValueSource(
      strings = {"covey/v1/home/d/alice/up/presence", "covey/v1/home/d/alice/up/round/r1/update"})
  void anAgentPublishesBelowItsUp(String topic) {
    assertThat(permissions.mayPublish("alice", topic)).isTrue();
    assertThat(permissions.mayPublish("bob", topic)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "covey/v1/home/d/alice/down/desired",
        "covey/v1/home/d/alice/up",
        "covey/v1/home/d/alice/upper/x",
        "covey/v1/home/d/alice2/up/presence",
        "covey/v1/other/d/alice/up/presence",
        "covey/v1/home/model/digits/1",
        "covey/v1/home/trust/timestamp",
        "covey/v2/home/d/alice/up/presence",
        "d/alice/up/presence",
        ""
      })
  void anAgentPublishesNowhereElse(String topic) {
    assertThat(permissions.mayPublish("alice", topic)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "covey/v1/home/d/alice/down/#",
        "covey/v1/home/d/alice/down/desired",
        "covey/v1/home/d/alice/down/round/+/plan",
        "covey/v1/home/model/#",
        "covey/v1/home/model/digits/+/0",
        "covey/v1/home/trust/#",
        "covey/v1/home/trust/targets/digits"
      })
  void anAgentReadsItsDownAndWhatIsForEverybody(String filter) {
    assertThat(permissions.maySubscribe("alice", filter)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "#",
        "+/#",
        "covey/#",
        "covey/v1/home/#",
        "covey/v1/home/+",
        "covey/v1/home/+/alice/down/#",
        "covey/v1/home/d/+/down/#",
        "covey/v1/home/d/alice/#",
        "covey/v1/home/d/alice/+/desired",
        "covey/v1/home/d/alice/up/#",
        "covey/v1/home/d/bob/down/#",
        "covey/v1/+/model/#",
        "covey/v1/other/model/#",
        "covey/v1/home/trusted/#",
        "$share/coordinators/covey/v1/home/d/+/up/#",
        "$share/x/covey/v1/home/d/alice/down/#",
        "$SYS/#"
      })
  void anAgentReadsNothingElse(String filter) {
    assertThat(permissions.maySubscribe("alice", filter)).isFalse();
  }

  @Test
  void theCoordinatorUsesItsWholeFleetAndNoOther() {
    assertThat(permissions.mayPublish("covey/coordinator", "covey/v1/home/d/a/down/x")).isTrue();
    assertThat(permissions.maySubscribe("covey/coordinator", "covey/v1/home/d/+/up/#")).isTrue();
    assertThat(
            permissions.maySubscribe(
                "covey/coordinator", "$share/coordinators/covey/v1/home/d/+/up/#"))
        .isTrue();
    assertThat(permissions.mayPublish("covey/coordinator", "covey/v1/other/d/a/down/x")).isFalse();
    assertThat(permissions.maySubscribe("covey/coordinator", "#")).isFalse();
    assertThat(permissions.maySubscribe("covey/coordinator", "$share/coordinators")).isFalse();
    assertThat(permissions.maySubscribe("covey/coordinator", "covey/v1/+/d/+/up/#")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b", "+", "#", "a b", "covey/coordinator2", "\u0000"})
  void whoIsNeitherMayNotConnect(String clientId) {
    assertThat(permissions.mayConnect(clientId)).isFalse();
    assertThat(permissions.mayPublish(clientId, "covey/v1/home/d/" + clientId + "/up/x")).isFalse();
    assertThat(permissions.maySubscribe(clientId, "covey/v1/home/trust")).isFalse();
  }
}
