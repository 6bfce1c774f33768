package io.covey.benchmarks.delivery;

import io.covey.crypto.identity.FleetAuthority;
import io.covey.crypto.identity.Validity;
import io.covey.crypto.identity.x509.FleetRoot;
import io.covey.crypto.identity.x509.FleetTls;
import io.covey.crypto.identity.x509.IssuingAuthority;
import io.covey.crypto.identity.x509.MemberName;
import io.covey.crypto.identity.x509.P256Keys;
import io.covey.crypto.identity.x509.Role;
import io.covey.crypto.identity.x509.TlsIdentity;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.protocols.id.AgentId;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLContext;

/** Certificates for files over HTTPS in a bench, of a root that lasts as long as it. */
final class BenchMembers {
  static final String LOCALHOST = "localhost";

  /** Of the files of the delivery service. */
  static final String DELIVERY = "delivery";

  private static final int KEY_BYTES = 32;
  private static final Duration LIFETIME = Duration.ofDays(1);

  private final RandomWords random = AesCtrRandomWords.fromSystemRandomness();
  private final IssuingAuthority issuing;

  BenchMembers() {
    Ed25519 signer = new Ed25519();
    Instant now = Instant.now();
    try (FleetRoot root = FleetRoot.create(BenchFleet.FLEET, key(), now, random, signer)) {
      this.issuing = root.certify(new FleetAuthority(BenchFleet.FLEET, key(), signer), now, random);
    }
  }

  private SecretBytes key() {
    return SecretBytes.drawnFrom(random, KEY_BYTES);
  }

  TlsIdentity delivery() {
    return certified(MemberName.of(BenchFleet.FLEET, Role.DELIVERY), List.of(LOCALHOST));
  }

  /** An agent as a client of the delivery service. */
  SSLContext agent(AgentId agent) {
    return FleetTls.client(
        certified(MemberName.agent(BenchFleet.FLEET, agent), List.of()),
        BenchFleet.FLEET,
        Role.DELIVERY);
  }

  private TlsIdentity certified(MemberName name, List<String> hosts) {
    KeyPair keys = P256Keys.generate();
    return new TlsIdentity(
        issuing.certify(
            name,
            hosts,
            keys.getPublic(),
            IssuingAuthority.Term.draw(random, Validity.from(Instant.now(), LIFETIME))),
        keys.getPrivate());
  }
}
