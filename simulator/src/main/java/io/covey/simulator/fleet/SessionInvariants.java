package io.covey.simulator.fleet;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.Message;
import io.covey.protocols.message.SharesReleased;
import io.covey.protocols.message.SignedMessage;
import io.covey.protocols.message.SurvivorsAnnounced;
import io.covey.protocols.topic.Topic;
import io.covey.protocols.topic.Topics;
import io.covey.protocols.transport.Publication;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * What must hold in every session of secure aggregation, as far as the broker can see: nobody
 * unmasks twice, and nobody is told of another survivor set than the others. Either would open the
 * update of a participant that is in one answer and not in the other. Belongs to the thread of the
 * virtual time.
 */
final class SessionInvariants {
  private final Topics topics;
  private final Check check;
  private final Map<Answerer, SharesReleased> released = new HashMap<>();
  private final Map<ByteString, SurvivorsAnnounced> announced = new HashMap<>();
  private final Map<RoundId, Integer> survivors = new HashMap<>();

  /** Where an invariant is counted, and its violation kept. */
  interface Check {
    void check(String name, boolean holds, Supplier<String> whatHappened);
  }

  private record Answerer(AgentId agent, ByteString session) {}

  SessionInvariants(Topics topics, Check check) {
    this.topics = topics;
    this.check = check;
  }

  /** A message has reached the broker; QoS 1 may bring it again. */
  void published(Publication publication) {
    if (topics.parse(publication.topic()).orElse(null) instanceof Topic.OfRound place) {
      try {
        said(place, SignedMessage.readUnverified(publication.payload()).body());
      } catch (DecodeException e) {
        // Not for this object to refuse.
        return;
      }
    }
  }

  private void said(Topic.OfRound place, Message message) {
    if (message instanceof SharesReleased answer) {
      SharesReleased before =
          released.putIfAbsent(new Answerer(place.agent(), answer.session()), answer);
      check.check(
          "nobodyUnmasksTwice",
          before == null || before.equals(answer),
          () -> "%s gave two answers in round %s".formatted(place.agent(), place.round()));
    } else if (message instanceof SurvivorsAnnounced set) {
      SurvivorsAnnounced before = announced.putIfAbsent(set.session(), set);
      check.check(
          "everybodyIsToldOfTheSameSurvivors",
          before == null || before.equals(set),
          () -> "%s was told of others in round %s".formatted(place.agent(), place.round()));
      survivors.put(place.round(), BitSet.valueOf(set.survivors().toByteArray()).cardinality());
    }
  }

  /** How many participants a round's survivor set has; empty before it is announced. */
  OptionalInt survivorsOf(RoundId round) {
    Integer count = survivors.get(round);
    return count == null ? OptionalInt.empty() : OptionalInt.of(count);
  }
}
