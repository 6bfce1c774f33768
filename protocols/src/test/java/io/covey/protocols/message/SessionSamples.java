package io.covey.protocols.message;

import static io.covey.protocols.message.Samples.bytes;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.RoundId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One of every message of secure aggregation, with every field set. */
final class SessionSamples {
  private static final ByteString SESSION = bytes(1, 32);
  private static final ByteString ROOT = bytes(33, 32);
  private static final ByteString SIGNATURE = bytes(65, 64);

  private SessionSamples() {}

  static SecureAggregationTerms terms() {
    return new SecureAggregationTerms(
        7,
        6,
        SecureAggregationTerms.Adversary.SEMI_MALICIOUS,
        0.1,
        0.05,
        40,
        30,
        Duration.ofSeconds(10));
  }

  static Map<String, Message> all(RoundId round) {
    Map<String, Message> bodies = new LinkedHashMap<>();
    bodies.put(
        "keys-advertised",
        new KeysAdvertised(
            round, SESSION, bytes(2, 32), bytes(3, 32), bytes(4, 32), bytes(5, 100), SIGNATURE));
    bodies.put(
        "roster-page",
        new RosterPage(round, SESSION, 1, 2, List.of(entry("bath", 6), entry("kitchen", 7))));
    bodies.put(
        "shares-sealed",
        new SharesSealed(round, SESSION, ROOT, bytes(8, 32), List.of(box(1, 9), box(300, 10))));
    bodies.put("shares-delivered", new SharesDelivered(round, SESSION, List.of(box(2, 11))));
    bodies.put(
        "input-receipt",
        new InputReceipt(round, SESSION, 33_335, bytes(12, 32), bytes(13, 32), SIGNATURE));
    bodies.put("upload-granted", new UploadGranted(round));
    bodies.put(
        "survivors-announced",
        new SurvivorsAnnounced(round, SESSION, ROOT, bytes(14, 2), bytes(15, 2)));
    bodies.put("survivors-confirmed", new SurvivorsConfirmed(round, SESSION, ROOT, SIGNATURE));
    bodies.put(
        "unmasking-requested",
        new UnmaskingRequested(
            round, SESSION, ROOT, List.of(new UnmaskingRequested.Signed(3, SIGNATURE))));
    bodies.put(
        "shares-released",
        new SharesReleased(round, SESSION, List.of(share(1, 16)), List.of(share(4, 17))));
    return bodies;
  }

  private static RosterPage.Entry entry(String agent, int first) {
    return new RosterPage.Entry(
        new AgentId(agent),
        bytes(first, 32),
        bytes(first + 1, 32),
        bytes(first + 2, 32),
        bytes(first + 3, 90),
        SIGNATURE);
  }

  private static SealedBox box(int rank, int first) {
    return new SealedBox(rank, bytes(first, 96));
  }

  private static SharesReleased.Share share(int rank, int first) {
    return new SharesReleased.Share(rank, bytes(first, 40));
  }
}
