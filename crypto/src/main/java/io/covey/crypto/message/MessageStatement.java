package io.covey.crypto.message;

import com.google.protobuf.ByteString;
import io.covey.crypto.primitive.Canonical;
import io.covey.crypto.primitive.Octets;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.SignedMessage;
import io.covey.protocols.topic.Route;

/** What the sender of a message signs. */
final class MessageStatement {
  private static final String LABEL = "covey/v1/signed-message";
  private static final String COORDINATOR = "coordinator";
  private static final String EVERYBODY = "fleet";

  /** Ids have no colon: no agent is called as one of the two above. */
  private static final String AGENT = "agent:";

  private MessageStatement() {}

  static byte[] of(FleetId fleet, Route route, SignedMessage.Header header, ByteString body) {
    String agent = route.agent().map(id -> AGENT + id).orElse(EVERYBODY);
    boolean up = route.direction() == Route.Direction.UP;
    return new Canonical(LABEL)
        .number(SignedMessage.FORMAT)
        .text(fleet.value())
        .text(route.topic())
        .text(up ? agent : COORDINATOR)
        .text(up ? COORDINATOR : agent)
        .text(header.session())
        .number(header.run())
        .number(header.greeting())
        .number(header.sequence())
        .number(header.period().issuedAtMillis())
        .number(header.period().expiresAtMillis())
        .octets(Octets.owning(header.certificate().toByteArray()))
        .octets(Octets.owning(Sha256.of(body.asReadOnlyByteBuffer()).toBytes()))
        .toBytes();
  }
}
