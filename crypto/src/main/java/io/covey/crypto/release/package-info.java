/**
 * Signed releases, after The Update Framework (TUF specification 1.0.33; Samuel, Mathewson, Cappos,
 * Dingledine: "Survivable Key Compromise in Software Update Systems", CCS 2010) and Uptane
 * (IEEE-ISTO 6100.1; Karthik et al., 2016).
 *
 * <table>
 * <caption>The words of TUF</caption>
 * <tr><th>TUF</th><th>here</th></tr>
 * <tr><td>root, targets, snapshot, timestamp metadata</td><td>{@code RootDocument}, {@code
 * TargetsDocument}, {@code SnapshotDocument}, {@code TimestampDocument}</td></tr>
 * <tr><td>signed portion and signatures</td><td>{@code SignedDocument}: the bytes of the document
 * and signatures over exactly these</td></tr>
 * <tr><td>delegated targets, terminating</td><td>{@code Delegation} of a family of models</td></tr>
 * <tr><td>client workflow</td><td>{@code TrustedMetadata}</td></tr>
 * <tr><td>target file</td><td>{@code SealedFile} of a {@code Release}</td></tr>
 * <tr><td>Uptane's hardware id, ECU id, release counter</td><td>{@code Audience} and counter of a
 * {@code Release}</td></tr>
 * </table>
 *
 * <h2>Against whom</h2>
 *
 * <ul>
 *   <li>Whoever has the broker, the coordinator or the network: can withhold, delay, repeat and mix
 *       what was signed. Older versions are refused, mixtures do not fit their references, and
 *       withholding shows when the timestamp expires. Devices keep serving what they have.
 *   <li>Whoever has fewer keys of a role than its threshold: has nothing. With enough of the
 *       timestamp's or the snapshot's: can withhold, not invent. With enough of a family's: can
 *       release that family's models until its delegation is changed.
 *   <li>Whoever had keys that were replaced: has nothing any more, and what it fast-forwarded is
 *       forgotten.
 *   <li>Whoever has enough of the root's keys: has everything. They stay offline.
 *   <li>A device with a wrong clock: ahead, everything seems expired; behind, signed times of issue
 *       lie in its future. Either way it takes nothing. A clock that is behind by less than the age
 *       of the newest document it has seen lets old metadata pass as fresh for that long, never as
 *       newer.
 * </ul>
 *
 * <p>Pure: time and keys are arguments.
 */
@NullMarked
package io.covey.crypto.release;

import org.jspecify.annotations.NullMarked;
