package io.covey.protocols.message;

import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.message.wire.Adversary;
import io.covey.protocols.message.wire.ReleasedShare;
import io.covey.protocols.message.wire.RosterEntry;
import io.covey.protocols.message.wire.SignedRoot;
import java.time.Duration;

/** Protobuf to the messages of secure aggregation, as {@link FromWire} says. */
final class SessionFromWire {
  private SessionFromWire() {}

  static SecureAggregationTerms terms(io.covey.protocols.message.wire.SecureAggregationTerms wire) {
    return new SecureAggregationTerms(
        wire.getNeighbours(),
        wire.getThreshold(),
        adversary(wire.getAdversary()),
        wire.getCorruptFraction(),
        wire.getDropoutFraction(),
        wire.getPrivacyBits(),
        wire.getCorrectnessBits(),
        Duration.ofMillis(wire.getPhaseTimeoutMillis()));
  }

  private static SecureAggregationTerms.Adversary adversary(Adversary wire) {
    return switch (wire) {
      case ADVERSARY_SEMI_HONEST -> SecureAggregationTerms.Adversary.SEMI_HONEST;
      case ADVERSARY_SEMI_MALICIOUS -> SecureAggregationTerms.Adversary.SEMI_MALICIOUS;
      case ADVERSARY_UNSPECIFIED, UNRECOGNIZED -> throw FromWire.unknown("adversary");
    };
  }

  static KeysAdvertised keysAdvertised(io.covey.protocols.message.wire.KeysAdvertised wire) {
    return new KeysAdvertised(
        new RoundId(wire.getRound()),
        wire.getSession(),
        wire.getMaskKey(),
        wire.getChannelKey(),
        wire.getNonce(),
        wire.getCertificate(),
        wire.getSignature());
  }

  static RosterPage rosterPage(io.covey.protocols.message.wire.RosterPage wire) {
    return new RosterPage(
        new RoundId(wire.getRound()),
        wire.getSession(),
        wire.getIndex(),
        wire.getCount(),
        wire.getEntriesList().stream().map(SessionFromWire::entry).toList());
  }

  private static RosterPage.Entry entry(RosterEntry wire) {
    return new RosterPage.Entry(
        new AgentId(wire.getAgent()),
        wire.getMaskKey(),
        wire.getChannelKey(),
        wire.getNonce(),
        wire.getCertificate(),
        wire.getSignature());
  }

  static SharesSealed sharesSealed(io.covey.protocols.message.wire.SharesSealed wire) {
    return new SharesSealed(
        new RoundId(wire.getRound()),
        wire.getSession(),
        wire.getRosterRoot(),
        wire.getSeedCommitment(),
        wire.getBoxesList().stream().map(SessionFromWire::box).toList());
  }

  static SharesDelivered sharesDelivered(io.covey.protocols.message.wire.SharesDelivered wire) {
    return new SharesDelivered(
        new RoundId(wire.getRound()),
        wire.getSession(),
        wire.getBoxesList().stream().map(SessionFromWire::box).toList());
  }

  private static SealedBox box(io.covey.protocols.message.wire.SealedBox wire) {
    return new SealedBox(wire.getRank(), wire.getSealed());
  }

  static InputReceipt inputReceipt(io.covey.protocols.message.wire.InputReceipt wire) {
    return new InputReceipt(
        new RoundId(wire.getRound()),
        wire.getSession(),
        wire.getWords(),
        wire.getDigest(),
        wire.getSharesDigest(),
        wire.getSignature());
  }

  static UploadGranted uploadGranted(io.covey.protocols.message.wire.UploadGranted wire) {
    return new UploadGranted(new RoundId(wire.getRound()));
  }

  static SayAgain sayAgain(io.covey.protocols.message.wire.SayAgain wire) {
    return new SayAgain(new RoundId(wire.getRound()));
  }

  static SurvivorsAnnounced survivorsAnnounced(
      io.covey.protocols.message.wire.SurvivorsAnnounced wire) {
    return new SurvivorsAnnounced(
        new RoundId(wire.getRound()),
        wire.getSession(),
        wire.getRosterRoot(),
        wire.getSurvivors(),
        wire.getDropped());
  }

  static SurvivorsConfirmed survivorsConfirmed(
      io.covey.protocols.message.wire.SurvivorsConfirmed wire) {
    return new SurvivorsConfirmed(
        new RoundId(wire.getRound()), wire.getSession(), wire.getRoot(), wire.getSignature());
  }

  static UnmaskingRequested unmaskingRequested(
      io.covey.protocols.message.wire.UnmaskingRequested wire) {
    return new UnmaskingRequested(
        new RoundId(wire.getRound()),
        wire.getSession(),
        wire.getRoot(),
        wire.getConfirmationsList().stream().map(SessionFromWire::signed).toList());
  }

  private static UnmaskingRequested.Signed signed(SignedRoot wire) {
    return new UnmaskingRequested.Signed(wire.getRank(), wire.getSignature());
  }

  static SharesReleased sharesReleased(io.covey.protocols.message.wire.SharesReleased wire) {
    return new SharesReleased(
        new RoundId(wire.getRound()),
        wire.getSession(),
        wire.getSelfMaskSharesList().stream().map(SessionFromWire::share).toList(),
        wire.getMaskKeySharesList().stream().map(SessionFromWire::share).toList());
  }

  private static SharesReleased.Share share(ReleasedShare wire) {
    return new SharesReleased.Share(wire.getRank(), wire.getValue());
  }
}
