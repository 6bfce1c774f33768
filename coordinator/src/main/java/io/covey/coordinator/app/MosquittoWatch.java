package io.covey.coordinator.app;

import io.covey.coordinator.broker.MosquittoConfiguration;
import io.covey.coordinator.enrolment.OpenAuthority;
import io.covey.crypto.identity.RevocationList;
import io.covey.crypto.identity.x509.IssuingAuthority;
import io.covey.protocols.id.AgentId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a Mosquitto from serving who is no longer a member: when the authority's files say so, or
 * the list that it has is growing old, writes list and permissions anew and has it read them.
 *
 * <p>Belongs to one thread, and blocks on files.
 */
final class MosquittoWatch {
  /** When a list is signed anew: Mosquitto lets nobody in once it has ended. */
  static final Duration LIST_LIFETIME = IssuingAuthority.CRL_LIFETIME.dividedBy(2);

  private static final Logger LOG = LoggerFactory.getLogger(MosquittoWatch.class);

  private final OpenAuthority authority;
  private final MosquittoConfiguration configuration;
  private final Signal signal;
  private @Nullable Seen seen;
  private @Nullable Written written;
  private boolean unread;

  /** Has Mosquitto read its files again. */
  @FunctionalInterface
  interface Signal {
    /**
     * Returns when it has been told.
     *
     * @throws IOException when it cannot be told
     */
    void send() throws IOException;
  }

  /** What decides who is a member; once a minute, certificates that have ended do. */
  private record Seen(RevocationList list, long enrolmentBytes, Instant minute) {}

  private record Written(RevocationList list, Set<AgentId> denied) {}

  /**
   * @param authority stays the caller's to close
   */
  MosquittoWatch(OpenAuthority authority, MosquittoConfiguration configuration, Signal signal) {
    this.authority = authority;
    this.configuration = configuration;
    this.signal = signal;
  }

  /**
   * Looks once; takes reading three facts of two files when nothing has changed. The first look
   * always writes. What fails is tried again by the next look.
   */
  void look(Instant now) throws IOException {
    RevocationList list = authority.revocations();
    if (list.age(now).compareTo(LIST_LIFETIME) >= 0) {
      list = authority.renewRevocations(now);
    }
    Seen present =
        new Seen(list, authority.store().enrolmentBytes(), now.truncatedTo(ChronoUnit.MINUTES));
    if (!present.equals(seen)) {
      write(new Written(list, authority.formerAgents(list, now)));
      seen = present;
    }
    if (unread) {
      signal.send();
      unread = false;
    }
  }

  private void write(Written wanted) throws IOException {
    if (wanted.equals(written)) {
      return;
    }
    unread = true;
    configuration.writeRevocations(authority.issuing().crl(wanted.list()), wanted.denied());
    written = wanted;
    LOG.info(
        "Mosquitto has revocation list {}, {} revoked; {} agents are denied every topic",
        wanted.list().content().version(),
        wanted.list().content().serials().size(),
        wanted.denied().size());
  }
}
