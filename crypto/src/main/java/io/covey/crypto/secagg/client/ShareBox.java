package io.covey.crypto.secagg.client;

import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.secagg.SealedShares;
import io.covey.crypto.secagg.Shamir;
import java.util.Arrays;

/** What is in a sealed box: a share of the self-mask secret, then one of the mask private key. */
final class ShareBox {
  private static final int BYTES = SealedShares.PAIR_BYTES;

  private ShareBox() {}

  static SecretBytes join(SecretBytes selfMaskShare, SecretBytes maskKeyShare) {
    byte[] pair = Arrays.copyOf(selfMaskShare.reveal(), BYTES);
    System.arraycopy(maskKeyShare.reveal(), 0, pair, Shamir.SHARE_BYTES, Shamir.SHARE_BYTES);
    return SecretBytes.owning(pair);
  }

  static SecretBytes selfMaskShare(SecretBytes pair) {
    return SecretBytes.owning(Arrays.copyOf(pair.reveal(), Shamir.SHARE_BYTES));
  }

  static SecretBytes maskKeyShare(SecretBytes pair) {
    return SecretBytes.owning(Arrays.copyOfRange(pair.reveal(), Shamir.SHARE_BYTES, BYTES));
  }
}
