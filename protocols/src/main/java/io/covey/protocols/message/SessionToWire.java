package io.covey.protocols.message;

import io.covey.protocols.message.wire.Adversary;
import io.covey.protocols.message.wire.ReleasedShare;
import io.covey.protocols.message.wire.RosterEntry;
import io.covey.protocols.message.wire.SignedRoot;

/** The messages of secure aggregation to protobuf: field by field, nothing decided here. */
final class SessionToWire {
  private SessionToWire() {}

  /** False for every other message. */
  static boolean setBody(io.covey.protocols.message.wire.Envelope.Builder wire, Message message) {
    if (message instanceof KeysAdvertised body) {
      wire.setKeysAdvertised(keysAdvertised(body));
    } else if (message instanceof RosterPage body) {
      wire.setRosterPage(rosterPage(body));
    } else if (message instanceof SharesSealed body) {
      wire.setSharesSealed(sharesSealed(body));
    } else if (message instanceof SharesDelivered body) {
      wire.setSharesDelivered(sharesDelivered(body));
    } else if (message instanceof InputReceipt body) {
      wire.setInputReceipt(inputReceipt(body));
    } else if (message instanceof UploadGranted body) {
      wire.getUploadGrantedBuilder().setRound(body.round().value());
    } else if (message instanceof SayAgain body) {
      wire.getSayAgainBuilder().setRound(body.round().value());
    } else if (message instanceof SurvivorsAnnounced body) {
      wire.setSurvivorsAnnounced(survivorsAnnounced(body));
    } else if (message instanceof SurvivorsConfirmed body) {
      wire.setSurvivorsConfirmed(survivorsConfirmed(body));
    } else if (message instanceof UnmaskingRequested body) {
      wire.setUnmaskingRequested(unmaskingRequested(body));
    } else if (message instanceof SharesReleased body) {
      wire.setSharesReleased(sharesReleased(body));
    } else {
      return false;
    }
    return true;
  }

  static io.covey.protocols.message.wire.SecureAggregationTerms terms(
      SecureAggregationTerms terms) {
    return io.covey.protocols.message.wire.SecureAggregationTerms.newBuilder()
        .setNeighbours(terms.neighbours())
        .setThreshold(terms.threshold())
        .setAdversary(
            switch (terms.adversary()) {
              case SEMI_HONEST -> Adversary.ADVERSARY_SEMI_HONEST;
              case SEMI_MALICIOUS -> Adversary.ADVERSARY_SEMI_MALICIOUS;
            })
        .setCorruptFraction(terms.corruptFraction())
        .setDropoutFraction(terms.dropoutFraction())
        .setPrivacyBits(terms.privacyBits())
        .setCorrectnessBits(terms.correctnessBits())
        .setPhaseTimeoutMillis(terms.phaseTimeout().toMillis())
        .build();
  }

  private static io.covey.protocols.message.wire.KeysAdvertised keysAdvertised(
      KeysAdvertised body) {
    return io.covey.protocols.message.wire.KeysAdvertised.newBuilder()
        .setRound(body.round().value())
        .setSession(body.session())
        .setMaskKey(body.maskKey())
        .setChannelKey(body.channelKey())
        .setNonce(body.nonce())
        .setCertificate(body.certificate())
        .setSignature(body.signature())
        .build();
  }

  private static io.covey.protocols.message.wire.RosterPage rosterPage(RosterPage body) {
    return io.covey.protocols.message.wire.RosterPage.newBuilder()
        .setRound(body.round().value())
        .setSession(body.session())
        .setIndex(body.index())
        .setCount(body.count())
        .addAllEntries(body.entries().stream().map(SessionToWire::entry).toList())
        .build();
  }

  private static RosterEntry entry(RosterPage.Entry entry) {
    return RosterEntry.newBuilder()
        .setAgent(entry.agent().value())
        .setMaskKey(entry.maskKey())
        .setChannelKey(entry.channelKey())
        .setNonce(entry.nonce())
        .setCertificate(entry.certificate())
        .setSignature(entry.signature())
        .build();
  }

  private static io.covey.protocols.message.wire.SharesSealed sharesSealed(SharesSealed body) {
    return io.covey.protocols.message.wire.SharesSealed.newBuilder()
        .setRound(body.round().value())
        .setSession(body.session())
        .setRosterRoot(body.rosterRoot())
        .setSeedCommitment(body.seedCommitment())
        .addAllBoxes(body.boxes().stream().map(SessionToWire::box).toList())
        .build();
  }

  private static io.covey.protocols.message.wire.SharesDelivered sharesDelivered(
      SharesDelivered body) {
    return io.covey.protocols.message.wire.SharesDelivered.newBuilder()
        .setRound(body.round().value())
        .setSession(body.session())
        .addAllBoxes(body.boxes().stream().map(SessionToWire::box).toList())
        .build();
  }

  private static io.covey.protocols.message.wire.SealedBox box(SealedBox box) {
    return io.covey.protocols.message.wire.SealedBox.newBuilder()
        .setRank(box.rank())
        .setSealed(box.sealed())
        .build();
  }

  private static io.covey.protocols.message.wire.InputReceipt inputReceipt(InputReceipt body) {
    return io.covey.protocols.message.wire.InputReceipt.newBuilder()
        .setRound(body.round().value())
        .setSession(body.session())
        .setWords(body.words())
        .setDigest(body.digest())
        .setSharesDigest(body.sharesDigest())
        .setSignature(body.signature())
        .build();
  }

  private static io.covey.protocols.message.wire.SurvivorsAnnounced survivorsAnnounced(
      SurvivorsAnnounced body) {
    return io.covey.protocols.message.wire.SurvivorsAnnounced.newBuilder()
        .setRound(body.round().value())
        .setSession(body.session())
        .setRosterRoot(body.rosterRoot())
        .setSurvivors(body.survivors())
        .setDropped(body.dropped())
        .build();
  }

  private static io.covey.protocols.message.wire.SurvivorsConfirmed survivorsConfirmed(
      SurvivorsConfirmed body) {
    return io.covey.protocols.message.wire.SurvivorsConfirmed.newBuilder()
        .setRound(body.round().value())
        .setSession(body.session())
        .setRoot(body.root())
        .setSignature(body.signature())
        .build();
  }

  private static io.covey.protocols.message.wire.UnmaskingRequested unmaskingRequested(
      UnmaskingRequested body) {
    return io.covey.protocols.message.wire.UnmaskingRequested.newBuilder()
        .setRound(body.round().value())
        .setSession(body.session())
        .setRoot(body.root())
        .addAllConfirmations(body.confirmations().stream().map(SessionToWire::signedRoot).toList())
        .build();
  }

  private static SignedRoot signedRoot(UnmaskingRequested.Signed signed) {
    return SignedRoot.newBuilder().setRank(signed.rank()).setSignature(signed.signature()).build();
  }

  private static io.covey.protocols.message.wire.SharesReleased sharesReleased(
      SharesReleased body) {
    return io.covey.protocols.message.wire.SharesReleased.newBuilder()
        .setRound(body.round().value())
        .setSession(body.session())
        .addAllSelfMaskShares(body.selfMaskShares().stream().map(SessionToWire::share).toList())
        .addAllMaskKeyShares(body.maskKeyShares().stream().map(SessionToWire::share).toList())
        .build();
  }

  private static ReleasedShare share(SharesReleased.Share share) {
    return ReleasedShare.newBuilder().setRank(share.rank()).setValue(share.value()).build();
  }
}
