package io.covey.crypto.identity.x509;

import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.secagg.Shamir;
import io.covey.crypto.secagg.ShamirReconstruction;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * One holder's share of the key of a {@link FleetRoot}, after Shamir ("How to share a secret",
 * Communications of the ACM, 1979): any t of n shares give the key, t-1 say nothing about it. The
 * sharing is {@link Shamir}'s, that of secure aggregation.
 *
 * <p>A share is checked by itself, against a digest that the root has signed. The digest is over
 * all of a share at once: with t-1 shares it lets somebody check guesses of the whole key, as the
 * public key does, and never of one of the key's limbs of 52 bits.
 *
 * <p>Immutable until {@link #close} wipes the value.
 */
public final class RootShare implements AutoCloseable {
  private static final byte[] LABEL = "covey/v1/root-share".getBytes(StandardCharsets.US_ASCII);

  private final RootSharing sharing;
  private final int place;
  private final SecretBytes value;

  /**
   * A share that was read.
   *
   * @param place from 1
   * @param value becomes this object's to wipe
   * @throws IllegalArgumentException if it is not what the root has signed
   */
  RootShare(RootSharing sharing, int place, SecretBytes value, Signer signer) {
    int shares = sharing.digests().size();
    if (place < 1 || place > shares) {
      throw new IllegalArgumentException("place " + place + ", expected 1 to " + shares);
    }
    if (!sharing.isGenuine(signer)) {
      throw new IllegalArgumentException(
          "what it says of its root and the other shares is not signed by that root");
    }
    if (!digest(place, value).equals(sharing.digests().get(place - 1))) {
      throw new IllegalArgumentException(
          "its value is not that of share " + place + ": it was damaged or exchanged");
    }
    this.sharing = sharing;
    this.place = place;
    this.value = value;
  }

  /**
   * Shares a root's key.
   *
   * @param root stays the caller's to close
   * @param threshold t, 2 to {@code shares}
   * @param shares n, 2 to {@value RootSharing#MOST_SHARES}
   * @return element i is the share for place i+1; the caller's to close
   */
  public static List<RootShare> split(
      FleetRoot root, int threshold, int shares, RandomWords random, Signer signer) {
    RootSharing.requireThreshold(threshold, shares);
    SecretBytes[] values = Shamir.split(root.privateKey(), threshold, shares, random);
    List<Sha256> digests =
        IntStream.rangeClosed(1, shares).mapToObj(i -> digest(i, values[i - 1])).toList();
    RootSharing sharing = RootSharing.signedBy(root, threshold, digests);
    return IntStream.rangeClosed(1, shares)
        .mapToObj(i -> new RootShare(sharing, i, values[i - 1], signer))
        .toList();
  }

  private static Sha256 digest(int place, SecretBytes value) {
    ByteBuffer content = ByteBuffer.allocate(LABEL.length + Integer.BYTES + value.length());
    content.put(LABEL).putInt(place).put(value.reveal()).flip();
    Sha256 digest = Sha256.of(content.duplicate());
    Arrays.fill(content.array(), (byte) 0);
    return digest;
  }

  /**
   * Puts the key together, in memory only.
   *
   * @param shares in any order; stay the caller's to close
   * @return the caller's to close, which wipes the key
   * @throws IllegalArgumentException if they are too few, of several sharings, or one is there
   *     twice
   */
  public static FleetRoot join(List<RootShare> shares, Signer signer) {
    RootSharing sharing = sharingOf(shares);
    int[] places = shares.stream().mapToInt(RootShare::place).toArray();
    SecretBytes key =
        new ShamirReconstruction(places)
            .open(shares.stream().map(share -> share.value).toList())
            .orElseThrow(() -> new IllegalArgumentException("the shares belong to no key"));
    boolean done = false;
    try {
      FleetRoot root = new FleetRoot(sharing.fleet(), key, sharing.root(), signer);
      done = true;
      return root;
    } finally {
      if (!done) {
        key.wipe();
      }
    }
  }

  private static RootSharing sharingOf(List<RootShare> shares) {
    if (shares.isEmpty()) {
      throw new IllegalArgumentException("no share");
    }
    RootShare first = shares.get(0);
    Set<Integer> places = new HashSet<>();
    for (RootShare share : shares) {
      if (!share.sharing.equals(first.sharing)) {
        throw new IllegalArgumentException(
            "shares %d and %d do not belong together".formatted(first.place, share.place));
      }
      if (!places.add(share.place)) {
        throw new IllegalArgumentException("share " + share.place + " is there twice");
      }
    }
    if (shares.size() < first.sharing.threshold()) {
      throw new IllegalArgumentException(
          "%d of the shares (%s), and it takes %d of the %d"
              .formatted(
                  shares.size(),
                  String.join(", ", new ArrayList<>(places).stream().map(String::valueOf).toList()),
                  first.sharing.threshold(),
                  first.sharing.digests().size()));
    }
    return first.sharing;
  }

  public FleetId fleet() {
    return sharing.fleet();
  }

  /** Of the root whose key this is a share of: SHA-256 of its certificate in DER. */
  public Sha256 rootFingerprint() {
    return sharing.fingerprint();
  }

  /** From 1. */
  public int place() {
    return place;
  }

  /** t. */
  public int threshold() {
    return sharing.threshold();
  }

  /** n. */
  public int shares() {
    return sharing.digests().size();
  }

  RootSharing sharing() {
    return sharing;
  }

  /** Stays this object's to wipe. */
  SecretBytes value() {
    return value;
  }

  /** Wipes the value. */
  @Override
  public void close() {
    value.wipe();
  }

  @Override
  public String toString() {
    return "RootShare[%s, %d of %d, redacted]".formatted(fleet(), place, shares());
  }
}
