package io.covey.protocols.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.UploadGranted;
import io.covey.protocols.transport.QualityOfService;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TopicsTest {
  private static final Topics TOPICS = new Topics(new FleetId("home"));
  private static final AgentId AGENT = new AgentId("kitchen-1");
  private static final RoundId ROUND = new RoundId("digits-7");
  private static final ModelName DIGITS = new ModelName("digits");
  private static final Sha256 DIGEST = Sha256.of(new byte[] {1});

  @Test
  void everyTopicParsesBackToWhatItWasBuiltFrom() {
    Set<String> all = new HashSet<>();
    for (AgentChannel channel : AgentChannel.values()) {
      String topic = TOPICS.agent(AGENT, channel);
      assertThat(TOPICS.parse(topic)).contains(new Topic.OfAgent(AGENT, channel));
      assertThat(all.add(topic)).isTrue();
    }
    for (RoundStep step : RoundStep.values()) {
      String topic = TOPICS.round(AGENT, ROUND, step);
      assertThat(TOPICS.parse(topic)).contains(new Topic.OfRound(AGENT, ROUND, step));
      assertThat(all.add(topic)).isTrue();
    }
    for (int chunk : new int[] {0, 1, 4444, Integer.MAX_VALUE}) {
      String topic = TOPICS.artifactChunk(DIGITS, DIGEST, chunk);
      assertThat(TOPICS.parse(topic)).contains(new Topic.OfChunk(DIGITS, DIGEST, chunk));
      assertThat(all.add(topic)).isTrue();
    }
    for (TrustPlace place :
        List.of(
            new TrustPlace.Timestamp(),
            new TrustPlace.Snapshot(),
            new TrustPlace.Targets(new ModelName("targets")),
            new TrustPlace.Targets(new ModelName("snapshot")),
            new TrustPlace.Root(1),
            new TrustPlace.Root(Integer.MAX_VALUE))) {
      String topic = TOPICS.trust(place);
      assertThat(TOPICS.parse(topic)).contains(new Topic.OfTrust(place));
      assertThat(all.add(topic)).isTrue();
    }
  }

  /** A broker hands on whatever strings it likes. */
  @Test
  void alteredAndRandomTopicsAreReadAsTheyAreWrittenOrNotAtAll() {
    long seed = Long.getLong("covey.seed", 20_261_127L);
    System.out.println("TopicsTest seed: " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    List<String> whole =
        List.of(
            TOPICS.agent(AGENT, AgentChannel.PRESENCE),
            TOPICS.round(AGENT, ROUND, RoundStep.UPDATE),
            TOPICS.artifactChunk(DIGITS, DIGEST, 12),
            TOPICS.trust(new TrustPlace.Root(3)),
            TOPICS.trust(new TrustPlace.Targets(DIGITS)));
    String[] pieces = {
      "/", "//", "", "d", "up", "down", "+", "#", "$", "0", "-1", "\u0000", "\uD800"
    };
    int read = 0;
    for (int i = 0; i < 100_000; i++) {
      StringBuilder topic = new StringBuilder(whole.get(random.nextInt(whole.size())));
      for (int edits = random.nextInt(4); edits > 0; edits--) {
        int from = random.nextInt(topic.length() + 1);
        int to = random.nextInt(from, Math.min(topic.length(), from + 9) + 1);
        topic.replace(from, to, pieces[random.nextInt(pieces.length)]);
      }
      String hostile = topic.toString();
      Optional<Topic> parsed = TOPICS.parse(hostile);
      Optional<Route> route = TOPICS.route(hostile);
      assertThat(route.isPresent() || parsed.isEmpty()).as(hostile).isTrue();
      read += parsed.isPresent() ? 1 : 0;
    }
    assertThat(read).isBetween(20_000, 80_000);
    assertThat(TOPICS.parse("/".repeat(65_535))).isEmpty();
    assertThat(TOPICS.parse("covey/v1/home/" + "/".repeat(65_000))).isEmpty();
  }

  @Test
  void everyMessageOfARoundHasAStepOfItsOwn() {
    for (Class<?> type : RoundMessage.class.getPermittedSubclasses()) {
      long steps = Arrays.stream(RoundStep.values()).filter(step -> step.carriesType(type)).count();
      assertThat(steps).as(type.getSimpleName()).isEqualTo(1);
    }
    assertThat(RoundStep.values()).hasSize(RoundMessage.class.getPermittedSubclasses().length);
    assertThat(RoundStep.of(new UploadGranted(ROUND))).isEqualTo(RoundStep.UPLOAD);
    assertThat(RoundStep.UPLOAD.isUp()).isFalse();
    assertThat(RoundStep.KEYS.isUp()).isTrue();
  }

  @Test
  void topicsLieWhereTheDocumentationSays() {
    assertThat(TOPICS.agent(AGENT, AgentChannel.PRESENCE))
        .isEqualTo("covey/v1/home/d/kitchen-1/up/presence");
    assertThat(TOPICS.agent(AGENT, AgentChannel.DESIRED))
        .isEqualTo("covey/v1/home/d/kitchen-1/down/desired");
    assertThat(TOPICS.agent(AGENT, AgentChannel.ENCRYPTION_KEY))
        .isEqualTo("covey/v1/home/d/kitchen-1/up/encryption-key");
    assertThat(TOPICS.agent(AGENT, AgentChannel.KEY))
        .isEqualTo("covey/v1/home/d/kitchen-1/down/key");
    assertThat(TOPICS.round(AGENT, ROUND, RoundStep.UPDATE))
        .isEqualTo("covey/v1/home/d/kitchen-1/up/round/digits-7/update");
    assertThat(TOPICS.artifactChunk(DIGITS, DIGEST, 12))
        .isEqualTo("covey/v1/home/model/digits/" + DIGEST + "/12");
    assertThat(TOPICS.toAgent(AGENT)).isEqualTo("covey/v1/home/d/kitchen-1/down/#");
    assertThat(TOPICS.fromAgents()).isEqualTo("covey/v1/home/d/+/up/#");
    assertThat(TOPICS.artifactChunks(DIGITS, DIGEST))
        .isEqualTo("covey/v1/home/model/digits/" + DIGEST + "/+");
  }

  @Test
  void presenceAndWhatAnAgentShouldHaveAreRetainedAndOnlyWhatIsSaidAgainMayBeLost() {
    for (AgentChannel channel : AgentChannel.values()) {
      assertThat(channel.retain())
          .isEqualTo(
              Set.of(AgentChannel.PRESENCE, AgentChannel.DESIRED, AgentChannel.KEY)
                  .contains(channel));
      assertThat(channel.qos() == QualityOfService.AT_MOST_ONCE)
          .isEqualTo(channel == AgentChannel.TELEMETRY || channel == AgentChannel.CHUNK);
    }
  }

  @Test
  void longestTopicIsFarBelowWhatMqttAllows() {
    Topics longest = new Topics(new FleetId("f".repeat(64)));
    String topic =
        longest.round(new AgentId("a".repeat(64)), new RoundId("r".repeat(96)), RoundStep.DECLINE);
    assertThat(topic.length()).isLessThan(512);
    assertThat(longest.parse(topic)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "covey",
        "covey/v1/home",
        "covey/v1/home/",
        "covey/v1/home/d",
        "covey/v1/home/d/",
        "covey/v2/home/d/kitchen-1/up/presence",
        "covey/v1/other/d/kitchen-1/up/presence",
        "covey/v1/home2/d/kitchen-1/up/presence",
        "/covey/v1/home/d/kitchen-1/up/presence",
        "covey/v1/home/d/kitchen-1/up/presence/",
        "covey/v1/home/d/kitchen-1/up/presence/more",
        "covey/v1/home/d/kitchen-1/down/presence",
        "covey/v1/home/d/kitchen-1/up/desired",
        "covey/v1/home/d/kitchen-1/sideways/presence",
        "covey/v1/home/d/kitchen-1/up/PRESENCE",
        "covey/v1/home/d//up/presence",
        "covey/v1/home/d/+/up/presence",
        "covey/v1/home/d/#",
        "covey/v1/home/d/kitchen-1/up/#",
        "covey/v1/home/d/$SYS/up/presence",
        "covey/v1/home/d/../up/presence",
        "covey/v1/home/d/kitchen 1/up/presence",
        "covey/v1/home/d/küche/up/presence",
        "covey/v1/home/d/kitchen-1\u0000/up/presence",
        "covey/v1/home/d/kitchen-1/up/round/digits-7/plan",
        "covey/v1/home/d/kitchen-1/down/round/digits-7/update",
        "covey/v1/home/d/kitchen-1/up/round//update",
        "covey/v1/home/d/kitchen-1/up/round/+/update",
        "covey/v1/home/d/kitchen-1/up/rounds/digits-7/update",
        "covey/v1/home/d/kitchen-1/up/round/digits-7/update/0",
        "covey/v1/home/d/kitchen-1/up/round/digits-7",
        "$share/coordinators/covey/v1/home/d/kitchen-1/up/presence",
        "$SYS/broker/uptime"
      })
  void foreignAndMalformedTopicsAreNoneOfOurs(String topic) {
    assertThat(TOPICS.parse(topic)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("chunkTopics")
  void chunkTopicHasOneSpelling(String levels) {
    assertThat(TOPICS.parse("covey/v1/home/model/" + levels)).isEmpty();
  }

  @Test
  void hugeHostileTopicIsRefusedWithoutDelay() {
    assertThat(TOPICS.parse("covey/v1/home/" + "/".repeat(65_000))).isEmpty();
    assertThat(TOPICS.parse("covey/v1/home/d/" + "a".repeat(65_000) + "/up/presence")).isEmpty();
  }

  static Stream<String> chunkTopics() {
    return Stream.of(
        "digits/" + DIGEST + "/01",
        "digits/" + DIGEST + "/-1",
        "digits/" + DIGEST + "/-0",
        "digits/" + DIGEST + "/+1",
        "digits/" + DIGEST + "/",
        "digits/" + DIGEST + "/+",
        "digits/" + DIGEST + "/2147483648",
        "digits/" + DIGEST + "/1e3",
        "digits/" + DIGEST + "/٣",
        "digits/" + DIGEST + "/1/2",
        "digits/" + DIGEST.hex().toUpperCase(Locale.ROOT) + "/1",
        "digits/" + DIGEST.hex().substring(1) + "/1",
        "digits/+/1",
        "#",
        "/" + DIGEST + "/1",
        "../" + DIGEST + "/1");
  }
}
