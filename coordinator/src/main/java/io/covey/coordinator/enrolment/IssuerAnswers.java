package io.covey.coordinator.enrolment;

import io.covey.crypto.identity.RevocationList;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/**
 * What an issuing service answers, but for certificates. Refusals are problem details (RFC 9457).
 */
final class IssuerAnswers {
  static final String OCTETS = "application/octet-stream";

  private IssuerAnswers() {}

  /** A revocation list, unless the client has it. */
  static void send(RoutingContext rc, RevocationList list) {
    String tag = "\"" + list.content().version() + "\"";
    rc.response().putHeader("ETag", tag).putHeader("Cache-Control", "no-cache");
    if (tag.equals(rc.request().getHeader("If-None-Match"))) {
      rc.response().setStatusCode(304).end();
    } else {
      rc.response().putHeader("Content-Type", OCTETS).end(Buffer.buffer(list.encode().toBytes()));
    }
  }

  /** Too late: and when the request has not come, nobody waits for the rest of it. */
  static void overdue(RoutingContext rc) {
    boolean halfSaid = !rc.request().isEnded();
    if (halfSaid) {
      rc.response().putHeader("Connection", "close");
      rc.addEndHandler(ended -> rc.request().connection().close());
    }
    refuse(rc, Refusal.BUSY);
  }

  static void refuse(RoutingContext rc, Refusal refusal) {
    if (!rc.response().ended()) {
      rc.response()
          .setStatusCode(refusal.status())
          .putHeader("Content-Type", "application/problem+json")
          .end(
              new JsonObject()
                  .put("type", refusal.uri())
                  .put("title", refusal.title())
                  .put("status", refusal.status())
                  .toBuffer());
    }
  }
}
