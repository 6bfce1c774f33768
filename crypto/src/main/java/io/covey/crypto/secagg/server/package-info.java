/**
 * The coordinator's side of a session as pure phases: events in, effects out. Vectors stay with the
 * shell; the machine tracks who is in the sum.
 *
 * <pre>
 * AdvertiseKeys --keys--> (send roster) --> ShareKeys
 * ShareKeys --sealed shares--> (deliver) --> MaskedInput
 * MaskedInput --receipts--> (announce survivors) --> ConsistencyCheck
 * ConsistencyCheck --confirmations--> (request unmasking) --> Unmasking
 * Unmasking --shares--> (open secrets) --opened--> (remove masks) --> Completed
 * any --too few, cancelled--> Failed(reason)
 * </pre>
 *
 * <p>A step ends when everybody it waits for has answered or was dropped, or at its deadline. Who
 * is silent, lies or leaves is dropped with a reason; the sum over the others stays exact, or the
 * session fails by name.
 */
@NullMarked
package io.covey.crypto.secagg.server;

import org.jspecify.annotations.NullMarked;
