package io.covey.edgeagent.https;

import io.covey.crypto.identity.FleetAuthority;
import io.covey.crypto.identity.Validity;
import io.covey.crypto.identity.x509.EnrolmentRequest;
import io.covey.crypto.identity.x509.FleetRoot;
import io.covey.crypto.identity.x509.FleetTls;
import io.covey.crypto.identity.x509.IssuingAuthority;
import io.covey.crypto.identity.x509.MemberName;
import io.covey.crypto.identity.x509.P256Keys;
import io.covey.crypto.identity.x509.Role;
import io.covey.crypto.identity.x509.SoftwareDeviceKeys;
import io.covey.crypto.identity.x509.TlsIdentity;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.primitive.bc.XWing;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** Certificates of a fleet, for both ends of a connection. */
final class TlsFleet {
  private static final FleetId FLEET = new FleetId("home");

  private final Signer signer = new Ed25519();
  private final RandomWords random = AesCtrRandomWords.fromSystemRandomness();
  private final IssuingAuthority authority;

  /**
   * @param seed of the keys, one hex byte
   */
  TlsFleet(String seed) {
    FleetRoot root = FleetRoot.create(FLEET, key(seed + "01"), Instant.now(), random, signer);
    authority =
        root.certify(new FleetAuthority(FLEET, key(seed + "02"), signer), Instant.now(), random);
  }

  private static SecretBytes key(String hex) {
    return SecretBytes.owning(Octets.ofHex(hex.repeat(16)).toBytes());
  }

  /** An agent that expects a delivery service. */
  SSLContext agent() {
    SoftwareDeviceKeys keys =
        SoftwareDeviceKeys.generate(random, new SoftwareDeviceKeys.Primitives(signer, new XWing()));
    TlsIdentity own =
        new TlsIdentity(
            authority
                .enrol(
                    new AgentId("kitchen"),
                    EnrolmentRequest.create(keys, Octets.ofHex("00")),
                    IssuingAuthority.Term.draw(
                        random, Validity.from(Instant.now(), Duration.ofDays(1))))
                .chain(),
            keys.tlsPrivateKey());
    return FleetTls.client(own, FLEET, Role.DELIVERY);
  }

  /** A server of the fleet, for the host names given. */
  SSLContext server(Role role, String... hosts) throws GeneralSecurityException {
    KeyPair keys = P256Keys.generate();
    TlsIdentity own =
        new TlsIdentity(
            authority.certify(
                MemberName.of(FLEET, role),
                List.of(hosts),
                keys.getPublic(),
                IssuingAuthority.Term.draw(
                    random, Validity.from(Instant.now(), Duration.ofDays(1)))),
            keys.getPrivate());
    SSLContext context = SSLContext.getInstance(FleetTls.PROTOCOL);
    context.init(
        FleetTls.keyManagers(own),
        new TrustManager[] {FleetTls.clientTrust(own.root(), FLEET)},
        null);
    return context;
  }
}
