package io.covey.coordinator.release;

import com.google.protobuf.ByteString;
import io.covey.coordinator.fleet.FleetMessenger;
import io.covey.crypto.identity.RevocationList;
import io.covey.crypto.identity.Revocations;
import io.covey.crypto.primitive.Octets;
import io.covey.protocols.message.Limits;
import io.covey.protocols.message.TrustDocument;
import io.covey.protocols.time.Scheduler;
import io.covey.protocols.topic.TrustPlace;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the authority's newest revocation list on to agents, retained, so that none of them takes
 * part in a round with somebody who was revoked, whatever the coordinator says.
 *
 * <p>Thread rule: the owner's scheduler only.
 */
public final class RevocationNotice {
  private static final Logger LOG = LoggerFactory.getLogger(RevocationNotice.class);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final Scheduler scheduler;
  private final FleetMessenger messenger;
  private final Revocations revocations;
  private @Nullable RevocationList sent;

  /**
   * @param revocations what this coordinator heeds itself
   */
  public RevocationNotice(Scheduler scheduler, FleetMessenger messenger, Revocations revocations) {
    this.scheduler = scheduler;
    this.messenger = messenger;
    this.revocations = revocations;
  }

  /** Says what is known, and whatever comes to be known. */
  public void start() {
    revocations.whenTaken(() -> scheduler.execute(this::tell));
    tell();
  }

  /** Says it again; after the broker has lost what it had kept. */
  public void republish() {
    sent = null;
    tell();
  }

  private void tell() {
    RevocationList newest = revocations.newest().orElse(null);
    if (newest == null || newest.equals(sent)) {
      return;
    }
    sent = newest;
    Octets encoded = newest.encode();
    if (encoded.length() > Limits.CHUNK_CONTENT_BYTES) {
      // The coordinator and the broker go on heeding it.
      LOG.warn(
          "agents are not told of revocation list {}: its {} bytes are more than a message holds",
          newest.content().version(),
          encoded.length());
      return;
    }
    var unused =
        messenger
            .publishTrust(
                new TrustPlace.Revocations(),
                new TrustDocument(ByteString.copyFrom(encoded.toBytes())))
            .whenComplete((taken, failure) -> answered(newest, failure));
  }

  private void answered(RevocationList list, @Nullable Throwable failure) {
    if (failure != null && list.equals(sent)) {
      var unused = scheduler.schedule(RETRY, this::republish);
    }
  }
}
