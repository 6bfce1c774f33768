package io.covey.protocols.topic;

import io.covey.protocols.message.InputReceipt;
import io.covey.protocols.message.KeysAdvertised;
import io.covey.protocols.message.RosterPage;
import io.covey.protocols.message.RoundClosed;
import io.covey.protocols.message.RoundDeclined;
import io.covey.protocols.message.RoundMessage;
import io.covey.protocols.message.RoundPlan;
import io.covey.protocols.message.SayAgain;
import io.covey.protocols.message.SharesDelivered;
import io.covey.protocols.message.SharesReleased;
import io.covey.protocols.message.SharesSealed;
import io.covey.protocols.message.SurvivorsAnnounced;
import io.covey.protocols.message.SurvivorsConfirmed;
import io.covey.protocols.message.UnmaskingRequested;
import io.covey.protocols.message.UpdateChunk;
import io.covey.protocols.message.UploadGranted;
import java.util.Arrays;
import java.util.Optional;

/** The steps of a round, in the order in which they happen; all at QoS 1, none retained. */
public enum RoundStep {
  /** The coordinator invites. */
  PLAN("down", "plan", RoundPlan.class),
  /** The participant advertises its keys. */
  KEYS("up", "keys", KeysAdvertised.class),
  /** The coordinator says who takes part. */
  ROSTER("down", "roster", RosterPage.class),
  /** The participant shares its secrets. */
  SEALED_SHARES("up", "shares", SharesSealed.class),
  /** The coordinator passes shares on. */
  DELIVERED_SHARES("down", "shares", SharesDelivered.class),
  /** The participant has a masked update. */
  RECEIPT("up", "receipt", InputReceipt.class),
  /** The coordinator has room for it. */
  UPLOAD("down", "upload", UploadGranted.class),
  /** The participant reports its masked update, in chunks. */
  UPDATE("up", "update", UpdateChunk.class),
  /** The coordinator says whose updates are in the sum. */
  SURVIVORS("down", "survivors", SurvivorsAnnounced.class),
  /** The participant confirms it. */
  CONFIRMATION("up", "confirmation", SurvivorsConfirmed.class),
  /** The coordinator asks for shares. */
  UNMASK("down", "unmask", UnmaskingRequested.class),
  /** The participant releases them. */
  UNMASKING("up", "unmasking", SharesReleased.class),
  /** The coordinator asks the participant to say again what it said last. */
  AGAIN("down", "again", SayAgain.class),
  /** The participant leaves. */
  DECLINE("up", "decline", RoundDeclined.class),
  /** The coordinator says that the round is over. */
  CLOSE("down", "close", RoundClosed.class);

  private final String direction;
  private final String path;
  private final Class<? extends RoundMessage> carries;

  RoundStep(String direction, String path, Class<? extends RoundMessage> carries) {
    this.direction = direction;
    this.path = path;
    this.carries = carries;
  }

  String direction() {
    return direction;
  }

  String path() {
    return path;
  }

  /** Whether agents speak in this step; otherwise the coordinator does. */
  public boolean isUp() {
    return direction.equals("up");
  }

  /** Whether a message belongs to this step. */
  public boolean carries(RoundMessage message) {
    return carriesType(message.getClass());
  }

  boolean carriesType(Class<?> type) {
    return carries.equals(type);
  }

  /** The step of a message. */
  public static RoundStep of(RoundMessage message) {
    return Arrays.stream(values())
        .filter(step -> step.carries(message))
        .findFirst()
        // Every permitted message has its step; a test looks.
        .orElseThrow(() -> new IllegalStateException("no step for " + message.getClass()));
  }

  static Optional<RoundStep> of(String direction, String path) {
    return Arrays.stream(values())
        .filter(s -> s.direction.equals(direction) && s.path.equals(path))
        .findFirst();
  }
}
