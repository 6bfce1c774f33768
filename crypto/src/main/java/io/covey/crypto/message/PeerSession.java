package io.covey.crypto.message;

import io.covey.protocols.message.SignedMessage.Header;
import java.time.Duration;
import java.time.Instant;

/**
 * What the coordinator knows of one agent's runs: the one that has answered a greeting, and the one
 * that was greeted last. Belongs to the owner's thread.
 */
final class PeerSession {
  /** A greeting under way is not said again within this time. */
  static final Duration GREETING_INTERVAL = Duration.ofSeconds(5);

  /** The sequence number of a will: it is published by the broker, once the agent is gone. */
  static final long WILL_SEQUENCE = 0;

  /** What to think of a message that the agent has signed. */
  enum Verdict {
    /** It is new, and of the run that answered. */
    TAKEN,
    REPEATED,
    /** Of a run that was not greeted yet, or has not heard it. */
    UNANSWERED,
    /** Of a run that another has followed. */
    EARLIER_SESSION,
    /** It answers a greeting that does not count any more. */
    EARLIER_GREETING
  }

  private String session = "";
  private long greeting;
  private long sequence;
  private ReplayWindow window = new ReplayWindow();
  private String endedSession = "";
  private String greetedSession = "";
  private long greetedWith;
  private long greetings;
  private Instant greetedAt = Instant.MIN;

  /** The run that has answered; empty before one has. */
  String session() {
    return session;
  }

  /** For the next message to the run that has answered. */
  long nextSequence() {
    return ++sequence;
  }

  Verdict hear(Header header) {
    if (header.session().equals(session)) {
      return hearKnown(header);
    }
    if (header.sequence() == WILL_SEQUENCE) {
      // Of a run that is not the present one: its end says nothing, and it cannot answer.
      return Verdict.REPEATED;
    }
    if (header.session().isEmpty() || header.session().equals(endedSession)) {
      return Verdict.EARLIER_SESSION;
    }
    boolean answers = header.session().equals(greetedSession) && header.greeting() == greetedWith;
    if (answers) {
      begin(header);
      return Verdict.TAKEN;
    }
    // Before a first answer, what was said to an earlier coordinator is how this one hears of the
    // agent: the broker has kept its presence.
    boolean first = header.greeting() == 0 || session.isEmpty();
    return first ? Verdict.UNANSWERED : Verdict.EARLIER_GREETING;
  }

  private Verdict hearKnown(Header header) {
    if (header.sequence() == WILL_SEQUENCE) {
      // Signed before there was a greeting. All it says is that the connection of this run is lost.
      return Verdict.TAKEN;
    }
    if (header.greeting() == greeting) {
      return window.isNew(header.sequence()) ? Verdict.TAKEN : Verdict.REPEATED;
    }
    // What was said before the greeting was heard is said again in answer to it.
    return header.greeting() == 0 ? Verdict.REPEATED : Verdict.EARLIER_GREETING;
  }

  private void begin(Header header) {
    endedSession = session;
    session = greetedSession;
    greeting = greetedWith;
    sequence = greetings;
    window = new ReplayWindow();
    window.isNew(header.sequence());
  }

  boolean isToBeGreeted(String heard, Instant now) {
    if (heard.isEmpty() || heard.equals(session) || heard.equals(endedSession)) {
      return false;
    }
    return !heard.equals(greetedSession) || !now.isBefore(greetedAt.plus(GREETING_INTERVAL));
  }

  /** Notes a greeting; answers its sequence number. */
  long greet(String newSession, long number, Instant now) {
    greetings = newSession.equals(greetedSession) ? greetings + 1 : 1;
    greetedSession = newSession;
    greetedWith = number;
    greetedAt = now;
    return greetings;
  }
}
