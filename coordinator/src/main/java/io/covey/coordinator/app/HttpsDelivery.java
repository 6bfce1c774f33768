package io.covey.coordinator.app;

import io.covey.coordinator.http.FileDelivery;
import io.covey.coordinator.http.FileDeliverySettings;
import io.covey.crypto.identity.Revocations;
import io.covey.crypto.identity.x509.MemberStanding;
import io.covey.crypto.identity.x509.TlsIdentity;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.message.ArtifactUrl;
import io.covey.protocols.settings.HostPort;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Files of models over HTTPS, beside MQTT.
 *
 * @param own with the role of a delivery service
 * @param revocations heeded at every request and every second; whoever hears of a new list gives it
 *     to these
 * @param told to agents; empty for the address that is listened on
 */
public record HttpsDelivery(
    FileDeliverySettings settings,
    TlsIdentity own,
    Revocations revocations,
    Optional<ArtifactUrl> told) {

  FileDelivery.Identity identity(FleetId fleet) {
    return new FileDelivery.Identity(
        fleet, own, new MemberStanding(fleet, revocations, InstantSource.system()));
  }

  /** What agents are told. */
  ArtifactUrl url(int boundPort) {
    return told.orElseGet(
        () -> new ArtifactUrl("https://" + new HostPort(settings.listen().host(), boundPort)));
  }
}
