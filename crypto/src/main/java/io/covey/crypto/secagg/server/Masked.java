package io.covey.crypto.secagg.server;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.secagg.SurvivorSet;
import io.covey.protocols.id.AgentId;
import java.util.Map;

/**
 * A cohort whose sum is fixed: everybody's commitments, and who is in the sum.
 *
 * @param root of the set, worked out once
 */
record Masked(Cohort cohort, Map<AgentId, SharesPromise> shares, SurvivorSet set, Octets root) {}
