package io.covey.edgeagent.rounds;

import io.covey.crypto.secagg.MaskTerm;
import io.covey.crypto.secagg.MaskedInputReceipt;
import io.covey.crypto.secagg.ModularVector;
import io.covey.crypto.secagg.Step;
import io.covey.crypto.secagg.UnmaskingShares;
import io.covey.crypto.secagg.client.ClientEffect;
import io.covey.crypto.secagg.client.ClientEvent;
import io.covey.crypto.secagg.client.ClientPhase;
import io.covey.crypto.secagg.client.RefusalReason;
import io.covey.crypto.secagg.wire.ToCoordinator;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.SharesReleased;
import io.covey.protocols.message.UploadGranted;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.Workload;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An agent's part in one round's session of secure aggregation: the shell around the pure phases of
 * {@code crypto.secagg.client}. Keys and shares are exchanged while the agent trains; when both the
 * shares and the update are there, the update is masked and sent.
 *
 * <p>Thread rule: the agent's scheduler only. The phases, and all other heavy work, run on its
 * workers, one event at a time.
 */
public final class RoundSession {

  /** How the session ends; called once at most, and not after {@link #cancel}. */
  public interface Listener {
    /** The agent has answered everything, and the broker has it. */
    void finished();

    /** The agent has left, and says nothing more in this session. */
    void left(RefusalReason reason);

    /** Something could not be sent or done. */
    void failed(String detail);
  }

  private final Scheduler scheduler;
  private final SessionLink link;
  private final DecisionLog decisions;
  private final SessionReader reader;
  private final Listener listener;
  private final RoundId round;
  private final Deque<Supplier<Optional<ClientEvent>>> waiting = new ArrayDeque<>();
  private ClientPhase phase;
  private boolean busy;
  private boolean over;
  private @Nullable ModularVector update;
  private @Nullable List<MaskTerm> masks;
  private @Nullable MaskedUpdate masked;
  private @Nullable ChunkPublication upload;

  /**
   * A session that has not begun.
   *
   * @param reader knows the session
   */
  RoundSession(
      Scheduler scheduler,
      SessionLink link,
      DecisionLog decisions,
      SessionReader reader,
      Listener listener) {
    this.scheduler = scheduler;
    this.link = link;
    this.decisions = decisions;
    this.reader = reader;
    this.listener = listener;
    this.round = reader.round();
    this.phase = reader.firstPhase();
  }

  /** Answers the coordinator's offer. */
  public void begin() {
    enqueue(() -> Optional.of(reader.offer()));
  }

  /** A message of this session's round. */
  public void received(RoundMessage message) {
    if (over) {
      return;
    }
    if (message instanceof UploadGranted) {
      beginUpload();
    } else {
      enqueue(() -> reader.eventOf(message));
    }
  }

  /** The update is trained and encoded; it becomes this object's, to be masked in place. */
  public void updateReady(ModularVector plain) {
    update = plain;
    maskWhenReady();
  }

  /** Ends everything without a word. */
  public void cancel() {
    if (!over) {
      over = true;
      stopUpload();
      // Wipes what the phase holds, behind whatever is under way.
      waiting.clear();
      waiting.add(() -> Optional.of(new ClientEvent.Cancelled()));
      pump();
    }
  }

  private void enqueue(Supplier<Optional<ClientEvent>> event) {
    waiting.add(event);
    pump();
  }

  private void pump() {
    if (busy || waiting.isEmpty()) {
      return;
    }
    busy = true;
    Supplier<Optional<ClientEvent>> next = waiting.remove();
    ClientPhase current = phase;
    scheduler
        .offload(
            new Workload(Workload.Kind.AGGREGATION, 1),
            () -> next.get().map(current::on).orElseGet(() -> Step.stay(current)))
        .whenComplete(
            (step, failure) -> {
              busy = false;
              if (failure != null) {
                fail(String.valueOf(failure.getMessage()));
              } else {
                phase = step.next();
                step.effects().forEach(this::carryOut);
              }
              pump();
            });
  }

  private void carryOut(ClientEffect effect) {
    if (over) {
      discard(effect);
    } else if (effect instanceof ClientEffect.SendAdvertisement send) {
      publish(ToCoordinator.write(round, send.message(), reader.certificate()));
    } else if (effect instanceof ClientEffect.SendShares send) {
      publish(ToCoordinator.write(round, send.message(), reader.roster()));
    } else if (effect instanceof ClientEffect.Mask mask) {
      masks = mask.terms();
      maskWhenReady();
    } else if (effect instanceof ClientEffect.SendInput send) {
      sendReceipt(send.receipt());
    } else if (effect instanceof ClientEffect.SendConfirmation send) {
      publish(ToCoordinator.write(round, send.message()));
    } else if (effect instanceof ClientEffect.PersistDecision persist) {
      persist(persist);
    } else if (effect instanceof ClientEffect.SendUnmasking send) {
      release(send.message());
    } else if (effect instanceof ClientEffect.Leave leave) {
      end();
      listener.left(leave.reason());
    }
  }

  /** What comes of an event that was under way when the session was cancelled. */
  private static void discard(ClientEffect effect) {
    if (effect instanceof ClientEffect.Mask mask) {
      mask.terms().forEach(MaskTerm::close);
    } else if (effect instanceof ClientEffect.SendUnmasking send) {
      send.message().wipe();
    }
  }

  private void maskWhenReady() {
    ModularVector plain = update;
    List<MaskTerm> terms = masks;
    if (over || plain == null || terms == null) {
      return;
    }
    update = null;
    masks = null;
    int chunkWords = reader.descriptor().vector().chunkWords();
    scheduler
        .offload(
            new Workload(Workload.Kind.AGGREGATION, (long) plain.length() * terms.size()),
            () -> MaskedUpdate.of(plain, terms, chunkWords))
        .whenComplete(
            (result, failure) -> {
              if (failure != null) {
                fail(String.valueOf(failure.getMessage()));
              } else if (!over) {
                masked = result;
                enqueue(
                    () ->
                        Optional.of(new ClientEvent.InputMasked(result.words(), result.digest())));
              }
            });
  }

  private void sendReceipt(MaskedInputReceipt receipt) {
    publish(ToCoordinator.write(round, receipt));
  }

  /** A grant comes once; QoS 1 may bring it again. */
  private void beginUpload() {
    MaskedUpdate ready = masked;
    if (ready != null && upload == null) {
      upload = ChunkPublication.start(link, round, ready.chunks(), this::fail);
      masked = null;
    }
  }

  private void persist(ClientEffect.PersistDecision decision) {
    scheduler
        .offload(
            new Workload(Workload.Kind.STORAGE, DecisionLog.DIGEST_BYTES),
            () -> decisions.record(decision.session(), decision.survivorRoot()))
        .whenComplete(
            (recorded, failure) ->
                enqueue(
                    () ->
                        Optional.of(
                            failure == null && recorded
                                ? new ClientEvent.DecisionPersisted(decision.session())
                                : new ClientEvent.DecisionRefused(decision.session()))));
  }

  private void release(UnmaskingShares shares) {
    SharesReleased message = ToCoordinator.write(round, shares, reader.roster());
    shares.wipe();
    link.publish(message)
        .whenComplete(
            (done, failure) -> {
              if (over) {
                return;
              }
              if (failure != null) {
                fail("the shares did not reach the broker: " + failure.getMessage());
              } else {
                end();
                listener.finished();
              }
            });
  }

  private void publish(RoundMessage message) {
    link.publish(message)
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                fail(
                    message.getClass().getSimpleName()
                        + " did not reach the broker: "
                        + failure.getMessage());
              }
            });
  }

  private void fail(String detail) {
    if (!over) {
      cancel();
      listener.failed(detail);
    }
  }

  private void end() {
    over = true;
    stopUpload();
  }

  private void stopUpload() {
    if (upload != null) {
      upload.cancel();
    }
    upload = null;
    masked = null;
    update = null;
    if (masks != null) {
      masks.forEach(MaskTerm::close);
      masks = null;
    }
  }
}
