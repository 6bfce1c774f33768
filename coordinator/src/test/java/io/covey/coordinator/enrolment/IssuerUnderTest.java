package io.covey.coordinator.enrolment;

import io.covey.coordinator.audit.AuditEvent;
import io.covey.crypto.identity.FleetAuthority;
import io.covey.crypto.identity.JoinToken;
import io.covey.crypto.identity.x509.DeviceKeys;
import io.covey.crypto.identity.x509.EnrolmentApplication;
import io.covey.crypto.identity.x509.EnrolmentRequest;
import io.covey.crypto.identity.x509.FleetRoot;
import io.covey.crypto.identity.x509.Membership;
import io.covey.crypto.identity.x509.SoftwareDeviceKeys;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.primitive.bc.XWing;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.settings.HostPort;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An issuing desk with a clock that is set by hand. */
final class IssuerUnderTest {
  static final Signer SIGNER = new Ed25519();
  static final SoftwareDeviceKeys.Primitives PRIMITIVES =
      new SoftwareDeviceKeys.Primitives(SIGNER, new XWing());
  static final FleetId FLEET = new FleetId("home");

  final RandomWords random = AesCtrRandomWords.fromSystemRandomness();
  final FleetRoot root;
  final FleetAuthority authority;
  final IssuerStore store;
  final IssuingDesk desk;
  final List<AuditEvent> audited = new ArrayList<>();
  Instant now;

  IssuerUnderTest(Path directory, Instant start) {
    this.now = start;
    this.root = FleetRoot.create(FLEET, key("01"), now, random, SIGNER);
    this.authority = new FleetAuthority(FLEET, key("02"), SIGNER);
    this.store = new IssuerStore(directory);
    this.desk = newDesk();
  }

  /** As after a restart of the service. */
  IssuingDesk newDesk() {
    return newDesk(() -> now);
  }

  IssuingDesk newDesk(InstantSource clock) {
    IssuingDesk.Terms terms =
        new IssuingDesk.Terms(
            SIGNER.publicKeyOf(key("03")),
            Optional.of(Sha256.of(new byte[] {1})),
            URI.create("mqtts://localhost:8883"),
            List.of(new HostPort("localhost", 8463)),
            IssuingDesk.Terms.LIFETIME);
    return new IssuingDesk(
        root.certify(authority, now, random),
        store,
        () -> terms,
        new IssuingDesk.Surroundings(clock, random, PRIMITIVES, audited::add));
  }

  private static SecretBytes key(String hex) {
    return SecretBytes.owning(Octets.ofHex(hex.repeat(32)).toBytes());
  }

  SoftwareDeviceKeys keys() {
    return SoftwareDeviceKeys.generate(random, PRIMITIVES);
  }

  JoinToken invite(String agent) throws IOException {
    return desk.invite(new AgentId(agent), Duration.ofHours(1));
  }

  static EnrolmentApplication application(JoinToken token, DeviceKeys keys) {
    Octets context = JoinToken.hashOf(token.secret());
    return new EnrolmentApplication(
        token.secret().copy(), EnrolmentRequest.create(keys, context).encoded());
  }

  Issued enrol(JoinToken token, DeviceKeys keys) throws IOException {
    return desk.enrol(application(token, keys));
  }

  Membership granted(Issued issued) {
    if (issued instanceof Issued.Granted granted) {
      granted.membership().verify(root.fingerprint(), keysOf(granted), now, SIGNER);
      return granted.membership();
    }
    throw new AssertionError("refused: " + issued);
  }

  private DeviceKeys keysOf(Issued.Granted granted) {
    return known.stream()
        .filter(
            k ->
                k.identityKey()
                    .equals(granted.membership().certificates().identity().identityKey()))
        .findFirst()
        .orElseThrow();
  }

  private final List<DeviceKeys> known = new ArrayList<>();

  SoftwareDeviceKeys knownKeys() {
    SoftwareDeviceKeys made = keys();
    known.add(made);
    return made;
  }

  Octets renewal(Membership present, DeviceKeys keys) {
    Octets context = present.certificates().facts().serial().value();
    return EnrolmentRequest.create(keys, context).encoded();
  }
}
