package io.covey.protocols.topic;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.id.Sha256;
import java.util.Arrays;
import java.util.Optional;

/** The inverse of the builders in {@link Topics}, on the levels behind the fleet's prefix. */
final class TopicParser {
  private TopicParser() {}

  /** Throws {@link IllegalArgumentException} where an id is malformed. */
  static Optional<Topic> parse(String[] levels) {
    if (levels.length == 4 && levels[0].equals("d")) {
      return AgentChannel.of(levels[2] + "/" + levels[3])
          .map(channel -> new Topic.OfAgent(new AgentId(levels[1]), channel));
    }
    if (levels.length == 6 && levels[0].equals("d") && levels[3].equals("round")) {
      return RoundStep.of(levels[2], levels[5])
          .map(step -> new Topic.OfRound(new AgentId(levels[1]), new RoundId(levels[4]), step));
    }
    if (levels.length == 4 && levels[0].equals("model")) {
      return Optional.of(
          new Topic.OfChunk(new ModelName(levels[1]), new Sha256(levels[2]), number(levels[3])));
    }
    if (levels.length > 1 && levels[0].equals("trust")) {
      return TrustPlace.of(Arrays.copyOfRange(levels, 1, levels.length)).map(Topic.OfTrust::new);
    }
    return Optional.empty();
  }

  /** One spelling for each number: no sign, no leading zeros. */
  static int number(String level) {
    int index = Integer.parseInt(level);
    if (index < 0 || !Integer.toString(index).equals(level)) {
      throw new IllegalArgumentException("number " + level);
    }
    return index;
  }
}
