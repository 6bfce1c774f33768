/**
 * Between the messages of a session as its phases know them ({@code crypto.secagg}) and as they
 * travel ({@code protocols.message}). On the wire a member of the roster is its rank, counted from
 * 1, and sets of members are bits by rank. What a peer sent and what cannot be read leaves as a
 * {@link io.covey.protocols.message.DecodeException}; nothing here looks at a signature.
 */
@NullMarked
package io.covey.crypto.secagg.wire;

import org.jspecify.annotations.NullMarked;
