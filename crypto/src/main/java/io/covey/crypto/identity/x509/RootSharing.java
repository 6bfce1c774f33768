package io.covey.crypto.identity.x509;

import io.covey.crypto.primitive.Canonical;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Signer;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.Sha256;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What all shares of a root's key say alike, signed with that key when they are made. Whoever knows
 * the root tells a share of it from any other by this alone, without the other shares.
 *
 * @param root its own certificate
 * @param threshold t, how many shares give the key: 2 to the number of shares
 * @param digests of the shares, that of place 1 first; 2 to {@link #MOST_SHARES}
 * @param signature of all of this, by the root
 */
record RootSharing(
    FleetId fleet, X509Certificate root, int threshold, List<Sha256> digests, Octets signature) {
  /** As many as a root of releases has keys: whoever holds a share holds one of those, too. */
  static final int MOST_SHARES = 16;

  private static final String LABEL = "covey/v1/root-sharing";

  RootSharing {
    digests = List.copyOf(digests);
    requireThreshold(threshold, digests.size());
    signature.requireLength("signature", Signer.SIGNATURE_BYTES);
  }

  /** Refuses what no shares can be made for. */
  static void requireThreshold(int threshold, int shares) {
    if (shares < 2 || shares > MOST_SHARES) {
      throw new IllegalArgumentException(shares + " shares, expected 2 to " + MOST_SHARES);
    }
    if (threshold < 2 || threshold > shares) {
      throw new IllegalArgumentException(
          "threshold of %d for %d shares, expected 2 to %d".formatted(threshold, shares, shares));
    }
  }

  static RootSharing signedBy(FleetRoot root, int threshold, List<Sha256> digests) {
    byte[] statement = statement(root.fleet(), root.certificate(), threshold, digests);
    return new RootSharing(
        root.fleet(), root.certificate(), threshold, digests, root.sign(statement));
  }

  boolean isGenuine(Signer signer) {
    return signer.verify(
        Ed25519Keys.publicKeyOf(root), statement(fleet, root, threshold, digests), signature);
  }

  private static byte[] statement(
      FleetId fleet, X509Certificate root, int threshold, List<Sha256> digests) {
    Canonical statement =
        new Canonical(LABEL)
            .text(fleet.value())
            .octets(Octets.owning(FleetRoot.fingerprint(root).toBytes()))
            .number(threshold)
            .number(digests.size());
    digests.forEach(digest -> statement.octets(Octets.owning(digest.toBytes())));
    return statement.toBytes();
  }

  Sha256 fingerprint() {
    return FleetRoot.fingerprint(root);
  }
}
