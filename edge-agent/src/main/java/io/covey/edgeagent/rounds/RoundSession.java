package io.covey.edgeagent.rounds;

import io.covey.crypto.secagg.MaskTerm;
import io.covey.crypto.secagg.ModularVector;
import io.covey.crypto.secagg.UnmaskingShares;
import io.covey.crypto.secagg.client.ClientEffect;
import io.covey.crypto.secagg.client.ClientEvent;
import io.covey.crypto.secagg.client.RefusalReason;
import io.covey.crypto.secagg.wire.ToCoordinator;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.Limits;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.SayAgain;
import io.covey.protocols.message.SharesReleased;
import io.covey.protocols.message.UploadGranted;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.time.Workload;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An agent's part in one round's session of secure aggregation: the shell around the pure phases of
 * {@code crypto.secagg.client}. Keys and shares are exchanged while the agent trains; when both the
 * shares and the update are there, the update is masked and sent.
 *
 * <p>Thread rule: the agent's scheduler only. The phases, and all other heavy work, run on its
 * workers, one event at a time.
 */
public final class RoundSession {
  private static final Logger LOG = LoggerFactory.getLogger(RoundSession.class);

  /** A page of a roster holds at least so many entries, unless it is the last. */
  private static final int ENTRIES_A_PAGE = Limits.COHORT / Limits.ROSTER_PAGES;

  /** Shares, grant, survivors and request, beside the roster. */
  private static final int OTHER_MESSAGES = 4;

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
  private final PhaseRunner phases;
  private boolean over;
  private @Nullable ModularVector update;
  private @Nullable List<MaskTerm> masks;
  private @Nullable MaskedUpdate masked;
  private boolean receiptSaid;
  private Optional<RoundMessage> said = Optional.empty();
  private int repetitionsLeft = Limits.REPETITIONS;
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
    this.phases =
        new PhaseRunner(scheduler, new Carrier(), reader.firstPhase(), maximumWaiting(reader));
  }

  /** All that an honest coordinator says, each twice, since QoS 1 may bring it again. */
  private static int maximumWaiting(SessionReader reader) {
    int pages = 1 + reader.descriptor().cohort().maximum() / ENTRIES_A_PAGE;
    return 2 * (pages + OTHER_MESSAGES);
  }

  /** Answers the coordinator's offer. */
  public void begin() {
    phases.add(reader.offer());
  }

  /** A message of this session's round. */
  public void received(RoundMessage message) {
    if (over) {
      return;
    }
    if (message instanceof UploadGranted) {
      beginUpload();
    } else if (message instanceof SayAgain) {
      sayAgain();
    } else if (!phases.offer(() -> reader.eventOf(message))) {
      fail("the coordinator says more than a session has to say");
    }
  }

  /** The update is trained and encoded; it becomes this object's, to be masked in place. */
  public void updateReady(ModularVector plain) {
    if (over) {
      plain.clear();
    } else {
      update = plain;
      maskWhenReady();
    }
  }

  /** Ends everything without a word. */
  public void cancel() {
    if (!over) {
      end();
    }
  }

  private final class Carrier implements PhaseRunner.Shell {
    @Override
    public void carryOut(ClientEffect effect) {
      if (effect instanceof ClientEffect.SendAdvertisement send) {
        say(ToCoordinator.write(round, send.message(), reader.certificate()));
      } else if (effect instanceof ClientEffect.SendShares send) {
        say(ToCoordinator.write(round, send.message(), reader.roster()));
      } else if (effect instanceof ClientEffect.Mask mask) {
        masks = mask.terms();
        maskWhenReady();
      } else if (effect instanceof ClientEffect.SendInput send) {
        receiptSaid = true;
        say(ToCoordinator.write(round, send.receipt()));
      } else if (effect instanceof ClientEffect.SendConfirmation send) {
        // Who is in the sum is settled: chunks are of no use any more.
        upload = null;
        say(ToCoordinator.write(round, send.message()));
      } else if (effect instanceof ClientEffect.PersistDecision persist) {
        persist(persist);
      } else if (effect instanceof ClientEffect.SendUnmasking send) {
        release(send.message());
      } else if (effect instanceof ClientEffect.Leave leave) {
        end();
        listener.left(leave.reason());
      }
    }

    @Override
    public void discard(ClientEffect effect) {
      if (effect instanceof ClientEffect.Mask mask) {
        mask.terms().forEach(MaskTerm::close);
      } else if (effect instanceof ClientEffect.SendUnmasking send) {
        send.message().wipe();
      }
    }

    @Override
    public void failed(Throwable failure) {
      defect(failure);
    }
  }

  private void maskWhenReady() {
    ModularVector plain = update;
    List<MaskTerm> terms = masks;
    if (plain == null || terms == null) {
      return;
    }
    update = null;
    masks = null;
    int chunkWords = reader.descriptor().vector().chunkWords();
    var unused =
        scheduler
            .offload(
                new Workload(Workload.Kind.AGGREGATION, (long) plain.length() * terms.size()),
                () -> MaskedUpdate.of(plain, terms, chunkWords))
            .whenComplete(this::updateMasked);
  }

  private void updateMasked(@Nullable MaskedUpdate result, @Nullable Throwable failure) {
    if (over) {
      return;
    }
    if (failure != null) {
      defect(failure);
    } else if (result != null) {
      masked = result;
      phases.add(new ClientEvent.InputMasked(result.words(), result.digest()));
    }
  }

  /** A grant comes once, after the receipt; QoS 1 may bring it again. */
  private void beginUpload() {
    MaskedUpdate ready = masked;
    if (ready != null && receiptSaid) {
      masked = null;
      upload = ChunkPublication.start(link, round, ready.chunks(), this::fail);
    }
  }

  private void persist(ClientEffect.PersistDecision decision) {
    var unused =
        scheduler
            .offload(
                new Workload(Workload.Kind.STORAGE, DecisionLog.DIGEST_BYTES),
                () -> decisions.record(decision.session(), decision.survivorRoot()))
            .whenComplete(
                (recorded, failure) ->
                    phases.add(
                        failure == null && recorded
                            ? new ClientEvent.DecisionPersisted(decision.session())
                            : new ClientEvent.DecisionRefused(decision.session())));
  }

  private void release(UnmaskingShares shares) {
    SharesReleased message;
    try {
      message = ToCoordinator.write(round, shares, reader.roster());
    } finally {
      shares.wipe();
    }
    said = Optional.of(message);
    var unused =
        link.publish(message)
            .whenComplete(
                (done, failure) -> {
                  if (failure != null) {
                    fail("the shares did not reach the broker: " + failure.getMessage());
                  } else if (!over) {
                    end();
                    listener.finished();
                  }
                });
  }

  private void say(RoundMessage message) {
    said = Optional.of(message);
    publish(message);
  }

  /** What was said last may have been lost with the broker that had acknowledged it. */
  private void sayAgain() {
    if (repetitionsLeft == 0) {
      return;
    }
    repetitionsLeft--;
    said.ifPresent(this::publish);
    if (upload != null) {
      upload = upload.again();
    }
  }

  /** What ended the session well, for a coordinator that asks for it again. */
  public Optional<RoundMessage> farewell() {
    return said.filter(SharesReleased.class::isInstance);
  }

  private void publish(RoundMessage message) {
    var unused =
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

  private void defect(Throwable failure) {
    LOG.error("round {}: a defect ends the session", round, failure);
    // What an exception says of an update is not for the coordinator.
    fail("a defect ended the session; this agent's log says which");
  }

  private void fail(String detail) {
    if (!over) {
      end();
      listener.failed(detail);
    }
  }

  private void end() {
    over = true;
    if (upload != null) {
      upload.cancel();
    }
    upload = null;
    masked = null;
    if (update != null) {
      update.clear();
      update = null;
    }
    if (masks != null) {
      masks.forEach(MaskTerm::close);
      masks = null;
    }
    phases.end();
  }
}
