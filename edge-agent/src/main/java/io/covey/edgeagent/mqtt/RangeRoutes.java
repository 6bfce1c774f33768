package io.covey.edgeagent.mqtt;

import io.covey.protocols.message.ArtifactUrl;
import java.util.List;

/**
 * Where files can be had in ranges, what all transfers know of that, and how many use it at a time.
 *
 * <p>Thread rule: the agent's scheduler only.
 */
final class RangeRoutes {
  /** Answers on their way at a time: more would share the same link. */
  private static final int PLACES = 2;

  private RangeSource source = RangeSource.NONE;
  private List<ArtifactUrl> urls = List.of();
  private Runnable changed = () -> {};
  private int next;
  private int taken;
  private int takenToServe;
  private boolean trusted = true;

  /**
   * @param whenChanged called when somebody who did not find a way or a place may find one
   */
  void attach(Runnable whenChanged) {
    changed = whenChanged;
  }

  void setSource(RangeSource newSource) {
    source = newSource;
  }

  /** What the coordinator has said last. */
  void setUrls(List<ArtifactUrl> newUrls) {
    if (!newUrls.equals(urls)) {
      urls = List.copyOf(newUrls);
      next = 0;
      trusted = true;
      changed.run();
    }
  }

  boolean areThere() {
    return source != RangeSource.NONE && !urls.isEmpty();
  }

  ArtifactUrl current() {
    return urls.get(next);
  }

  RangeSource source() {
    return source;
  }

  /** Whether it worked when it was last tried, so that it is worth a moment's wait. */
  boolean isTrusted() {
    return trusted;
  }

  void worked() {
    trusted = true;
  }

  /** The next attempt is for the next address. */
  void failed() {
    trusted = false;
    next = urls.isEmpty() ? 0 : (next + 1) % urls.size();
  }

  /** Takes a place, unless there is none: what is to be served does not wait for training. */
  boolean enter(FetchPriority priority) {
    boolean serving = priority == FetchPriority.SERVING;
    if (serving ? takenToServe >= PLACES : taken > 0) {
      return false;
    }
    taken++;
    takenToServe += serving ? 1 : 0;
    return true;
  }

  /** Gives it back. */
  void leave(FetchPriority priority) {
    taken--;
    takenToServe -= priority == FetchPriority.SERVING ? 1 : 0;
    changed.run();
  }
}
