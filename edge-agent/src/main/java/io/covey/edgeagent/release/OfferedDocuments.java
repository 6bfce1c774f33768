package io.covey.edgeagent.release;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.release.SnapshotDocument;
import io.covey.protocols.topic.TrustPlace;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Documents as they came from the network, the last one of each place, nothing of them checked. In
 * any order and number: whoever floods it drives out what came before, and what is held stays below
 * 16 MiB. Not thread-safe.
 */
final class OfferedDocuments {
  /** Roots that can be waiting at once; a device that was away for longer connects again. */
  static final int MOST_ROOTS = 64;

  /** More than a root of the largest number of keys and signatures has. */
  static final int ROOT_BYTES = 16 * 1024;

  private final TreeMap<Integer, Octets> roots = new TreeMap<>();
  private final LinkedHashMap<TrustPlace, Octets> others = new LinkedHashMap<>();

  /**
   * Takes a document in the place of the one before.
   *
   * @return whether it is another
   */
  boolean offer(TrustPlace place, Octets signed) {
    if (place instanceof TrustPlace.Root root) {
      return offerRoot(root.version(), signed);
    }
    Octets before = others.remove(place);
    others.put(place, signed);
    if (others.size() > SnapshotDocument.MOST_TARGETS + 2) {
      others.remove(others.keySet().iterator().next());
    }
    return !signed.equals(before);
  }

  private boolean offerRoot(int version, Octets signed) {
    if (signed.length() > ROOT_BYTES) {
      return false;
    }
    Octets before = roots.put(version, signed);
    if (roots.size() > MOST_ROOTS) {
      // The next root has the lowest number that is not known yet.
      roots.pollLastEntry();
    }
    return !signed.equals(before);
  }

  /** Roots up to the one that counts are of no use any more. */
  void forgetRootsUpTo(long version) {
    roots.keySet().removeIf(root -> root <= version);
  }

  /** All of them as they are now. */
  Map<TrustPlace, Octets> copy() {
    Map<TrustPlace, Octets> copy = new HashMap<>(others);
    roots.forEach((version, root) -> copy.put(new TrustPlace.Root(version), root));
    return copy;
  }
}
