package io.covey.crypto.identity.x509;

import io.covey.crypto.identity.FleetAuthority;
import io.covey.crypto.identity.Validity;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.primitive.bc.XWing;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/** A fleet's root and issuing authority with keys that everybody knows. */
final class TestFleetAuthority {
  static final SoftwareDeviceKeys.Primitives PRIMITIVES =
      new SoftwareDeviceKeys.Primitives(new Ed25519(), new XWing());
  static final Octets CONTEXT = Octets.ofHex("c0ffee");

  final FleetId fleet;
  final Instant now;
  final RandomWords random = AesCtrRandomWords.fromSystemRandomness();
  final FleetRoot root;
  final IssuingAuthority issuing;

  TestFleetAuthority(String name, Instant now) {
    this.fleet = new FleetId(name);
    this.now = now;
    this.root = FleetRoot.create(fleet, key(1), now, random, PRIMITIVES.signer());
    this.issuing =
        root.certify(new FleetAuthority(fleet, key(2), PRIMITIVES.signer()), now, random);
  }

  private SecretBytes key(int value) {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) value);
    key[0] = (byte) fleet.hashCode();
    return SecretBytes.owning(key);
  }

  EnrolledCertificates enrol(String agent, DeviceKeys keys) {
    return issuing.enrol(
        new AgentId(agent), EnrolmentRequest.create(keys, CONTEXT), term(Duration.ofDays(90)));
  }

  IssuingAuthority.Term term(Duration lifetime) {
    return IssuingAuthority.Term.draw(random, Validity.from(now, lifetime));
  }

  SoftwareDeviceKeys deviceKeys() {
    return SoftwareDeviceKeys.generate(random, PRIMITIVES);
  }

  TlsIdentity agent(String name) {
    SoftwareDeviceKeys keys = deviceKeys();
    return new TlsIdentity(enrol(name, keys).chain(), keys.tlsPrivateKey());
  }

  TlsIdentity server(Role role, String... hosts) {
    KeyPair keys = P256Keys.generate();
    return new TlsIdentity(
        issuing.certify(
            MemberName.of(fleet, role),
            List.of(hosts),
            keys.getPublic(),
            term(Duration.ofDays(365))),
        keys.getPrivate());
  }
}
