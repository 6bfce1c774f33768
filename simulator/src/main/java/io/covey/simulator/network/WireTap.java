package io.covey.simulator.network;

import com.google.protobuf.ByteString;
import io.covey.crypto.privacy.UpdateLayout;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.ArtifactChunk;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.Message;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.SignedMessage;
import io.covey.protocols.message.UpdateChunk;
import io.covey.protocols.topic.Topic;
import io.covey.protocols.topic.Topics;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads along on the wire and tries to make sense of it, as a curious broker would. What it can
 * read is not protected; what it cannot may be.
 *
 * <p>Keeps the chunks of at most {@value #UPDATES_IN_FLIGHT} incomplete updates, the newest ones.
 * Thread-safe.
 */
public final class WireTap {
  private static final int UPDATES_IN_FLIGHT = 1024;
  private static final int ROUNDS_KEPT = 64;

  private final Topics topics;
  private final Map<RoundId, UpdateLayout> layouts = newest(ROUNDS_KEPT);
  private final Map<Participant, @Nullable ByteString[]> incomplete = newest(UPDATES_IN_FLIGHT);
  private final PassedContent passed = new PassedContent();
  private Findings findings = new Findings(0, 0, 0, 0, 0, 0, 0);

  /** One agent in one round. */
  private record Participant(AgentId agent, RoundId round) {}

  /**
   * What has been seen so far.
   *
   * @param messages of any kind
   * @param updates that were seen whole
   * @param readableUpdates those of them whose words are a plain fixed-point vector
   * @param maskedUpdates those of them of which it is known that no plain vector looks like them;
   *     of what is neither, nothing is known
   * @param artifacts whose first chunk was seen
   * @param modelFiles plain files of models that were looked for in all messages
   * @param readableFiles those of them of which something was there to read
   */
  public record Findings(
      long messages,
      long updates,
      long readableUpdates,
      long maskedUpdates,
      long artifacts,
      long modelFiles,
      long readableFiles) {

    /** Whether updates passed, and of each of them it is known that it could not be read. */
    public boolean updatesMasked() {
      return updates > 0 && maskedUpdates == updates;
    }

    /** Whether artifacts passed, and nothing of any model's files could be read anywhere. */
    public boolean modelEncrypted() {
      return artifacts > 0 && modelFiles > 0 && readableFiles == 0;
    }

    private Findings plus(Findings other) {
      return new Findings(
          messages + other.messages,
          updates + other.updates,
          readableUpdates + other.readableUpdates,
          maskedUpdates + other.maskedUpdates,
          artifacts + other.artifacts,
          modelFiles + other.modelFiles,
          readableFiles + other.readableFiles);
    }
  }

  public WireTap(FleetId fleet) {
    this.topics = new Topics(fleet);
  }

  /**
   * What has been found so far.
   *
   * @param modelFiles plain files of models, each looked for in everything that has passed; those
   *     of fewer than {@link PassedContent#SHORTEST_FOUND_BYTES} bytes are passed over
   */
  public synchronized Findings findings(Collection<byte[]> modelFiles) {
    List<ByteString> sought =
        modelFiles.stream().map(ByteString::copyFrom).filter(PassedContent::canFind).toList();
    // What could not be taken note of may have been any of them.
    long readable =
        passed.isComplete() ? sought.stream().filter(passed::holdsSomeOf).count() : sought.size();
    return findings.plus(new Findings(0, 0, 0, 0, 0, sought.size(), readable));
  }

  /** Looks at one message. */
  public synchronized void observe(String topic, ByteString payload) {
    findings = findings.plus(new Findings(1, 0, 0, 0, 0, 0, 0));
    passed.add(payload);
    Optional<Topic> parsed = topics.parse(topic);
    if (parsed.isEmpty()) {
      return;
    }
    Message message;
    try {
      message = SignedMessage.readUnverified(payload).body();
    } catch (DecodeException e) {
      // Whoever listens sees bytes that mean nothing to it: that is what protection looks like.
      return;
    }
    if (message instanceof RoundPlan plan) {
      takeNoteOf(plan);
    } else if (message instanceof ArtifactChunk chunk && chunk.index() == 0) {
      findings = findings.plus(new Findings(0, 0, 0, 0, 1, 0, 0));
    } else if (message instanceof UpdateChunk chunk
        && parsed.get() instanceof Topic.OfRound ofRound) {
      collect(new Participant(ofRound.agent(), ofRound.round()), chunk);
    }
  }

  private void collect(Participant participant, UpdateChunk chunk) {
    @Nullable ByteString[] chunks =
        incomplete.computeIfAbsent(participant, p -> new ByteString[chunk.count()]);
    if (chunks.length != chunk.count()) {
      return;
    }
    chunks[chunk.index()] = chunk.words();
    if (Arrays.stream(chunks).allMatch(Objects::nonNull)) {
      incomplete.remove(participant);
      findings = findings.plus(seen(sightOf(participant.round(), Arrays.asList(chunks))));
    }
  }

  private void takeNoteOf(RoundPlan plan) {
    try {
      layouts.put(plan.round(), UpdateLayout.of(plan.encoding(), plan.cohortSize()));
    } catch (IllegalArgumentException e) {
      // A plan that no participant takes either: what is said in its round stays unknown.
      layouts.remove(plan.round());
    }
  }

  private static Findings seen(UpdateSight sight) {
    return new Findings(
        0, 1, sight == UpdateSight.READABLE ? 1 : 0, sight == UpdateSight.MASKED ? 1 : 0, 0, 0, 0);
  }

  private UpdateSight sightOf(RoundId round, List<ByteString> words) {
    UpdateLayout layout = layouts.get(round);
    return layout == null ? UpdateSight.UNKNOWN : UpdateSight.of(layout, words);
  }

  /** A map that forgets its oldest entries. */
  private static <K, V> Map<K, V> newest(int capacity) {
    return new LinkedHashMap<>() {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > capacity;
      }
    };
  }
}
