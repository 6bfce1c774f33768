package io.covey.coordinator.round;

import io.covey.crypto.secagg.MaskedInputReceipt;
import io.covey.crypto.secagg.VectorDigest;
import io.covey.crypto.secagg.server.ServerEvent;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.Sha256;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Masked updates on their way in. A participant first says what its chunks will be; when there is
 * room, it is told that they may come. So no more than {@link RoundSetup#uploadSlots} updates are
 * unfinished at a time, which bounds what the shell keeps to take an unfinished one back.
 *
 * <p>Owned by the phase that is current.
 */
final class Uploads {
  private final RoundSetup setup;
  private final Map<AgentId, Upload> uploads = new HashMap<>();
  private final Deque<AgentId> waiting = new ArrayDeque<>();
  private final Set<AgentId> included = new HashSet<>();
  private int running;

  /** What came of a message. */
  record Outcome(
      List<RoundEffect> effects,
      Optional<DropReason> fault,
      Optional<ServerEvent.InputReceived> complete) {
    static Outcome of(RoundEffect... effects) {
      return new Outcome(List.of(effects), Optional.empty(), Optional.empty());
    }

    static Outcome fault(DropReason reason) {
      return new Outcome(List.of(), Optional.of(reason), Optional.empty());
    }
  }

  private static final class Upload {
    private final MaskedInputReceipt receipt;
    private final @Nullable Sha256[] chunks;
    private int held;
    private boolean granted;
    private boolean over;

    Upload(MaskedInputReceipt receipt, int chunkCount) {
      this.receipt = receipt;
      this.chunks = new Sha256[chunkCount];
    }

    boolean isComplete() {
      return held == chunks.length;
    }

    ServerEvent.InputReceived input() {
      List<Sha256> digests = Arrays.stream(chunks).map(Objects::requireNonNull).toList();
      return new ServerEvent.InputReceived(receipt, VectorDigest.of(digests));
    }
  }

  Uploads(RoundSetup setup) {
    this.setup = setup;
  }

  Outcome receipt(MaskedInputReceipt receipt) {
    AgentId agent = receipt.from();
    Upload before = uploads.get(agent);
    if (before != null) {
      return before.receipt.equals(receipt)
          ? Outcome.of(new RoundEffect.Refuse(agent, RefusalReason.DUPLICATE))
          : Outcome.fault(DropReason.CONFLICTING_DUPLICATE);
    }
    if (receipt.words() != setup.wordCount()) {
      return Outcome.fault(DropReason.WRONG_SHAPE);
    }
    uploads.put(agent, new Upload(receipt, setup.chunkCount()));
    waiting.add(agent);
    return new Outcome(grantNext(), Optional.empty(), Optional.empty());
  }

  Outcome chunk(RoundEvent.ChunkReceived chunk) {
    AgentId agent = chunk.agent();
    Upload upload = uploads.get(agent);
    if (upload == null || !upload.granted) {
      return Outcome.of(new RoundEffect.Refuse(agent, RefusalReason.NOT_GRANTED));
    }
    boolean shaped = setup.hasShape(chunk.index(), chunk.count(), chunk.words());
    Sha256 known = shaped ? upload.chunks[chunk.index()] : null;
    if (chunk.fingerprint().equals(known)) {
      return Outcome.of(new RoundEffect.Refuse(agent, RefusalReason.DUPLICATE));
    }
    if (upload.over || upload.isComplete()) {
      // The first complete update stands.
      return Outcome.of(new RoundEffect.Refuse(agent, RefusalReason.CONFLICTING));
    }
    if (!shaped) {
      return Outcome.fault(DropReason.WRONG_SHAPE);
    }
    if (known != null) {
      return Outcome.fault(DropReason.CONFLICTING_DUPLICATE);
    }
    return hold(upload, chunk);
  }

  private static Outcome hold(Upload upload, RoundEvent.ChunkReceived chunk) {
    upload.chunks[chunk.index()] = chunk.fingerprint();
    upload.held++;
    RoundEffect add = new RoundEffect.AddChunk(chunk.agent(), chunk.index());
    return upload.isComplete()
        ? new Outcome(List.of(add), Optional.empty(), Optional.of(upload.input()))
        : Outcome.of(add);
  }

  /** Nobody is given up while nobody waits for its place. */
  Outcome watched(RoundEvent.UploadWatched watched) {
    Upload upload = uploads.get(watched.agent());
    if (upload == null || upload.over || upload.isComplete()) {
      return Outcome.of();
    }
    return upload.held == watched.held() && !waiting.isEmpty()
        ? Outcome.fault(DropReason.UPLOAD_STALLED)
        : Outcome.of(watch(watched.agent(), upload));
  }

  /** Whether the agent's update is in the sum for good. */
  boolean isIncluded(AgentId agent) {
    return included.contains(agent);
  }

  /** The agent's update is in the sum for good. */
  List<RoundEffect> include(AgentId agent) {
    included.add(agent);
    return release(agent);
  }

  /** The agent waits for its turn no more; if it was granted, {@link #release} frees its place. */
  void withdraw(AgentId agent) {
    waiting.remove(agent);
  }

  /** The agent's update is in the sum, or will never be: its place is free. */
  List<RoundEffect> release(AgentId agent) {
    Upload upload = uploads.get(agent);
    if (upload == null || upload.over) {
      return List.of();
    }
    upload.over = true;
    if (upload.granted) {
      running--;
    } else {
      waiting.remove(agent);
    }
    return grantNext();
  }

  private List<RoundEffect> grantNext() {
    List<RoundEffect> effects = new ArrayList<>();
    while (running < setup.uploadSlots() && !waiting.isEmpty()) {
      AgentId next = waiting.remove();
      Upload upload = uploads.get(next);
      if (upload == null) {
        throw new IllegalStateException(next + " waits without a receipt");
      }
      upload.granted = true;
      running++;
      effects.add(new RoundEffect.GrantUpload(next));
      effects.add(watch(next, upload));
    }
    return effects;
  }

  private RoundEffect watch(AgentId agent, Upload upload) {
    return new RoundEffect.WatchUpload(agent, upload.held, setup.plan().aggregation().stepPeriod());
  }
}
