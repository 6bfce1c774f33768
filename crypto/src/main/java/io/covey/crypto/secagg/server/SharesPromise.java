package io.covey.crypto.secagg.server;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.secagg.SealedShares;

/**
 * What later steps need of a participant's {@link SealedShares}, once its boxes are passed on.
 *
 * @param seedCommitment what its self-mask secret is compared with
 * @param digest what its receipt has to vouch for
 */
record SharesPromise(Octets seedCommitment, Octets digest) {

  static SharesPromise of(SealedShares message) {
    return new SharesPromise(message.seedCommitment(), message.digest());
  }
}
