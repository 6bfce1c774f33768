package io.covey.coordinator.broker;

import io.covey.crypto.identity.FleetAuthority;
import io.covey.crypto.identity.FleetVerifier;
import io.covey.crypto.identity.RevocationList;
import io.covey.crypto.identity.Revocations;
import io.covey.crypto.identity.SerialNumber;
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
import io.covey.crypto.identity.x509.X509;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.crypto.primitive.bc.XWing;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;

/** A fleet with an issuing authority of its own, for tests of what listens to its members. */
public final class TestFleet {
  public static final FleetId FLEET = new FleetId("home");
  private static final Octets CONTEXT = Octets.ofHex("00");

  private final Signer signer = new Ed25519();
  private final RandomWords random = AesCtrRandomWords.fromSystemRandomness();
  private final IssuingAuthority authority;
  private RevocationList list;

  /**
   * @param seed of the keys, one hex byte
   */
  public TestFleet(String seed) {
    FleetRoot root = FleetRoot.create(FLEET, key(seed + "01"), Instant.now(), random, signer);
    FleetAuthority issuing = new FleetAuthority(FLEET, key(seed + "02"), signer);
    authority = root.certify(issuing, Instant.now(), random);
    list = issuing.revoke(RevocationList.none(FLEET, Instant.now()));
  }

  private static SecretBytes key(String hex) {
    return SecretBytes.owning(Octets.ofHex(hex.repeat(16)).toBytes());
  }

  public IssuingAuthority authority() {
    return authority;
  }

  public Revocations revocations() {
    return new Revocations(new FleetVerifier(FLEET, authority.authority().publicKey(), signer));
  }

  /** The next list, with these in it beside the earlier ones. */
  public RevocationList revoke(TlsIdentity... members) {
    List<SerialNumber> serials = new ArrayList<>(list.content().serials());
    for (TlsIdentity member : members) {
      serials.add(X509.serialOf(member.own()).orElseThrow());
    }
    list = authority.authority().revoke(list.content().next(Instant.now(), serials));
    return list;
  }

  public RevocationList list() {
    return list;
  }

  public TlsIdentity agent(String name) {
    return agent(name, Validity.from(Instant.now(), Duration.ofDays(1)));
  }

  public TlsIdentity agent(String name, Validity validity) {
    SoftwareDeviceKeys keys =
        SoftwareDeviceKeys.generate(random, new SoftwareDeviceKeys.Primitives(signer, new XWing()));
    return new TlsIdentity(
        authority
            .enrol(
                new AgentId(name),
                EnrolmentRequest.create(keys, CONTEXT),
                IssuingAuthority.Term.draw(random, validity))
            .chain(),
        keys.tlsPrivateKey());
  }

  public TlsIdentity member(Role role) {
    KeyPair keys = P256Keys.generate();
    List<String> hosts = role.isServer() ? List.of("localhost", "127.0.0.1") : List.of();
    return new TlsIdentity(
        authority.certify(
            MemberName.of(FLEET, role),
            hosts,
            keys.getPublic(),
            IssuingAuthority.Term.draw(random, Validity.from(Instant.now(), Duration.ofDays(1)))),
        keys.getPrivate());
  }

  public static SSLContext client(TlsIdentity member) {
    return FleetTls.client(member, FLEET, Role.BROKER);
  }
}
