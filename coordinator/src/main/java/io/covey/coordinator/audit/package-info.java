/**
 * The audit log: what was done to a fleet and by it, in a file that only grows, where each entry is
 * chained to the one before it and signed.
 *
 * <h2>Against whom</h2>
 *
 * <ul>
 *   <li>Whoever can write the file, but has not the key of whoever keeps the log: cannot alter,
 *       insert, swap or take out an entry without {@link io.covey.coordinator.audit.AuditCheck}
 *       finding the place. Cutting entries off the end shows only to those who know a later head:
 *       it is printed at each start and stop, and can be kept elsewhere.
 *   <li>Whoever has that key too, as one who has taken over the coordinator has: can write another
 *       history. It cannot be made to end in a head that was kept elsewhere before.
 * </ul>
 *
 * <p>The chain is that of Schneier and Kelsey, "Secure Audit Logs to Support Computer Forensics"
 * (ACM TISSEC 1999), section 3, without their evolving keys.
 */
@NullMarked
package io.covey.coordinator.audit;

import org.jspecify.annotations.NullMarked;
