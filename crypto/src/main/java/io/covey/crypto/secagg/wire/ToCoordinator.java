package io.covey.crypto.secagg.wire;

import com.google.protobuf.ByteString;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.secagg.Confirmation;
import io.covey.crypto.secagg.KeyAdvertisement;
import io.covey.crypto.secagg.MaskedInputReceipt;
import io.covey.crypto.secagg.Roster;
import io.covey.crypto.secagg.SealedShares;
import io.covey.crypto.secagg.UnmaskingShares;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.DecodeException;
import io.covey.protocols.message.InputReceipt;
import io.covey.protocols.message.KeysAdvertised;
import io.covey.protocols.message.SharesReleased;
import io.covey.protocols.message.SharesSealed;
import io.covey.protocols.message.SurvivorsConfirmed;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What participants say, both ways. Who says it is known from the topic. */
public final class ToCoordinator {
  private ToCoordinator() {}

  /**
   * Step 1.
   *
   * @param certificate of the sender, encoded
   */
  public static KeysAdvertised write(
      RoundId round, KeyAdvertisement message, ByteString certificate) {
    return new KeysAdvertised(
        round,
        WireOctets.of(message.session()),
        WireOctets.of(message.maskKey()),
        WireOctets.of(message.channelKey()),
        WireOctets.of(message.nonce()),
        certificate,
        WireOctets.of(message.signature()));
  }

  /** Step 1. */
  public static KeyAdvertisement read(AgentId from, KeysAdvertised wire) throws DecodeException {
    try {
      return new KeyAdvertisement(
          WireOctets.octets(wire.session()),
          from,
          WireOctets.octets(wire.maskKey()),
          WireOctets.octets(wire.channelKey()),
          WireOctets.octets(wire.nonce()),
          WireOctets.octets(wire.signature()));
    } catch (IllegalArgumentException e) {
      throw Ranks.refusal(String.valueOf(e.getMessage()));
    }
  }

  /** Step 2. */
  public static SharesSealed write(RoundId round, SealedShares message, Roster roster) {
    return new SharesSealed(
        round,
        WireOctets.of(message.session()),
        WireOctets.of(message.rosterRoot()),
        WireOctets.of(message.seedCommitment()),
        Boxes.write(message.boxes(), roster));
  }

  /** Step 2. */
  public static SealedShares read(AgentId from, SharesSealed wire, Roster roster)
      throws DecodeException {
    return new SealedShares(
        WireOctets.octets(wire.session()),
        from,
        WireOctets.octets(wire.rosterRoot()),
        WireOctets.octets(wire.seedCommitment()),
        Boxes.read(wire.boxes(), roster));
  }

  /** Step 3. */
  public static InputReceipt write(RoundId round, MaskedInputReceipt message) {
    return new InputReceipt(
        round,
        WireOctets.of(message.session()),
        message.words(),
        WireOctets.of(message.digest()),
        WireOctets.of(message.sharesDigest()),
        WireOctets.of(message.signature()));
  }

  /** Step 3. */
  public static MaskedInputReceipt read(AgentId from, InputReceipt wire) {
    return new MaskedInputReceipt(
        WireOctets.octets(wire.session()),
        from,
        WireOctets.octets(wire.sharesDigest()),
        wire.words(),
        WireOctets.octets(wire.digest()),
        WireOctets.octets(wire.signature()));
  }

  /** Step 4. */
  public static SurvivorsConfirmed write(RoundId round, Confirmation message) {
    return new SurvivorsConfirmed(
        round,
        WireOctets.of(message.session()),
        WireOctets.of(message.root()),
        WireOctets.of(message.signature()));
  }

  /** Step 4. */
  public static Confirmation read(AgentId from, SurvivorsConfirmed wire) {
    return new Confirmation(
        WireOctets.octets(wire.session()),
        from,
        WireOctets.octets(wire.root()),
        WireOctets.octets(wire.signature()));
  }

  /** Step 5. */
  public static SharesReleased write(RoundId round, UnmaskingShares message, Roster roster) {
    return new SharesReleased(
        round,
        WireOctets.of(message.session()),
        shares(message.selfMaskShares(), roster),
        shares(message.maskKeyShares(), roster));
  }

  /** Step 5. */
  public static UnmaskingShares read(AgentId from, SharesReleased wire, Roster roster)
      throws DecodeException {
    Octets session = WireOctets.octets(wire.session());
    return new UnmaskingShares(
        session, from, shares(wire.selfMaskShares(), roster), shares(wire.maskKeyShares(), roster));
  }

  private static List<SharesReleased.Share> shares(
      SortedMap<AgentId, SecretBytes> shares, Roster roster) {
    List<SharesReleased.Share> wire = new ArrayList<>();
    shares.forEach(
        (owner, share) ->
            wire.add(new SharesReleased.Share(roster.rankOf(owner), WireOctets.of(share))));
    return wire;
  }

  private static SortedMap<AgentId, SecretBytes> shares(
      List<SharesReleased.Share> wire, Roster roster) throws DecodeException {
    SortedMap<AgentId, SecretBytes> shares = new TreeMap<>();
    for (SharesReleased.Share share : wire) {
      AgentId owner = Ranks.agentAt(roster, share.rank());
      if (shares.put(owner, WireOctets.secret(share.value())) != null) {
        throw Ranks.refusal("two shares of rank " + share.rank());
      }
    }
    return shares;
  }
}
