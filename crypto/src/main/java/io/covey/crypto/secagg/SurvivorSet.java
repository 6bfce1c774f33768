package io.covey.crypto.secagg;

import io.covey.crypto.primitive.Canonical;
import io.covey.crypto.primitive.Octets;
import io.covey.protocols.id.AgentId;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Step 4: whose updates are in the sum, and who shared its keys but is not in the sum. Whatever the
 * coordinator says can be held here, so that a participant can refuse it by name.
 */
public record SurvivorSet(
    Octets session, Octets rosterRoot, SortedSet<AgentId> survivors, SortedSet<AgentId> dropped) {
  public SurvivorSet {
    survivors = Collections.unmodifiableSortedSet(new TreeSet<>(survivors));
    dropped = Collections.unmodifiableSortedSet(new TreeSet<>(dropped));
  }

  /**
   * What participants confirm to each other: SHA-256 over both sets, the session and the roster.
   */
  public Octets root() {
    Canonical canonical =
        new Canonical("covey/v1/survivors")
            .octets(session)
            .octets(rosterRoot)
            .number(survivors.size());
    survivors.forEach(canonical::agent);
    canonical.number(dropped.size());
    dropped.forEach(canonical::agent);
    return canonical.digest();
  }
}
