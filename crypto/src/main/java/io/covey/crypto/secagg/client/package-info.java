/**
 * A participant's side of a session as pure phases: events in, effects out. Keys and randomness are
 * arguments, masked vectors stay with the shell.
 *
 * <pre>
 * AdvertiseKeys --session offered--> (send keys) --> ShareKeys
 * ShareKeys --roster--> (send sealed shares) --> MaskedInput
 * MaskedInput --shares--> (mask) --masked--> (send receipt) --> ConsistencyCheck
 * ConsistencyCheck --survivors--> (send confirmation) --> Unmasking
 * Unmasking --confirmations--> (persist decision) --persisted--> (send shares) --> Finished
 * any --refused, cancelled--> Aborted(reason)
 * </pre>
 */
@NullMarked
package io.covey.crypto.secagg.client;

import org.jspecify.annotations.NullMarked;
