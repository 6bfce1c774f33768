package io.covey.crypto.identity.x509;

import static io.covey.crypto.identity.x509.TestFleetAuthority.PRIMITIVES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.envelope.GroupEpoch;
import io.covey.crypto.envelope.GroupKey;
import io.covey.crypto.envelope.KeyWrapping;
import io.covey.crypto.envelope.WrappedKey;
import io.covey.crypto.identity.AgentIdentity;
import io.covey.crypto.identity.EncryptionIdentity;
import io.covey.crypto.identity.FleetAuthority;
import io.covey.crypto.identity.MalformedDocumentException;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.AesGcm;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.settings.HostPort;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MembershipTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  @TempDir private Path temporary;

  private final TestFleetAuthority home = new TestFleetAuthority("home", NOW);
  private final TestFleetAuthority barn = new TestFleetAuthority("barn", NOW);
  private final SoftwareDeviceKeys keys = home.deviceKeys();
  private final Membership membership = membership(home, keys);

  private static Membership membership(TestFleetAuthority fleet, DeviceKeys keys) {
    return new Membership(
        fleet.enrol("kitchen", keys),
        PRIMITIVES.signer().publicKeyOf(SecretBytes.owning(new byte[32])),
        Optional.of(Sha256.of(new byte[] {7})),
        URI.create("mqtts://broker.example:8883"),
        List.of(HostPort.parse("issuer.example:8463"), HostPort.parse("[::1]:8463")));
  }

  private void verify(Membership given, DeviceKeys device, Instant now) {
    given.verify(home.root.fingerprint(), device, now, PRIMITIVES.signer());
  }

  @Test
  void aMembershipComesBackFromItsBytesAndHolds() throws Exception {
    byte[] json = membership.toDocument().toJson();
    assertThat(Membership.parse(json)).isEqualTo(membership);
    assertThat(json.length).isLessThan(10_000);
    verify(membership, keys, NOW);
    try (AgentIdentity identity = membership.identity(keys, PRIMITIVES.signer())) {
      assertThat(identity.agent()).hasToString("kitchen");
      assertThat(identity.trust().releaseRoot()).contains(Sha256.of(new byte[] {7}));
      assertThat(identity.authorityKey()).isEqualTo(home.issuing.authority().publicKey());
    }
  }

  @Test
  void whatIsNotForThisDeviceUnderThisRootAndNowIsRefused() {
    assertThatThrownBy(() -> verify(membership, home.deviceKeys(), NOW))
        .hasMessageContaining("other keys");
    assertThatThrownBy(() -> verify(membership(barn, keys), keys, NOW))
        .hasMessageContaining("the root's fingerprint");
    assertThatThrownBy(() -> verify(membership, keys, NOW.plus(Duration.ofDays(91))))
        .hasMessageContaining("the chain does not hold");
    Membership mixed =
        new Membership(
            new EnrolledCertificates(
                membership.certificates().chain(),
                forged().identity(),
                membership.certificates().encryption()),
            membership.coordinatorKey(),
            membership.releaseRoot(),
            membership.broker(),
            membership.issuers());
    assertThatThrownBy(() -> verify(mixed, keys, NOW))
        .hasMessageContaining("not by the fleet's authority");
  }

  /** The same facts, signed by another authority of a fleet of the same name. */
  private EnrolledCertificates forged() {
    IssuingAuthority other =
        FleetRoot.create(
                home.fleet, SecretBytes.owning(new byte[32]), NOW, home.random, PRIMITIVES.signer())
            .certify(
                new FleetAuthority(
                    home.fleet,
                    SecretBytes.owning(Octets.ofHex("09".repeat(32)).toBytes()),
                    PRIMITIVES.signer()),
                NOW,
                home.random);
    var facts = membership.certificates().facts();
    return other.enrol(
        facts.agent(),
        EnrolmentRequest.create(keys, TestFleetAuthority.CONTEXT),
        new IssuingAuthority.Term(facts.serial(), facts.validity()));
  }

  @Test
  void hostileAnswersEndInOneKindOfException() throws Exception {
    long seed = System.nanoTime();
    System.out.println("MembershipTest seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    byte[] whole = membership.toDocument().toJson();
    for (int i = 0; i < 3_000; i++) {
      byte[] hostile = Arrays.copyOf(whole, whole.length - random.nextInt(3));
      for (int changes = random.nextInt(1, 5); changes > 0; changes--) {
        hostile[random.nextInt(hostile.length)] = (byte) random.nextInt(32, 127);
      }
      try {
        Membership.parse(hostile);
      } catch (MalformedDocumentException e) {
        assertThat(e).hasNoCause();
      }
    }
    assertThatThrownBy(() -> Membership.parse(new byte[1 << 20]))
        .isInstanceOf(MalformedDocumentException.class)
        .hasMessageContaining("longer");
  }

  @Test
  void anApplicationComesBackAndIsWiped() throws Exception {
    SecretBytes secret = SecretBytes.owning(Octets.ofHex("01".repeat(20)).toBytes());
    EnrolmentApplication made =
        new EnrolmentApplication(
            secret, EnrolmentRequest.create(keys, Octets.ofHex("00")).encoded());
    EnrolmentApplication read = EnrolmentApplication.parse(made.toJson());
    assertThat(read).isEqualTo(made);
    assertThat(read.toString()).contains("redacted");
    byte[] bytes = read.secret().reveal();
    read.close();
    assertThat(bytes).containsOnly(0);
    for (String bad :
        List.of(
            "",
            "{}",
            "[]",
            "{\"kind\":\"covey-enrolment\",\"version\":1}",
            "{\"kind\":\"covey-enrolment\",\"version\":1,\"request\":\"00\",\"secret\":\"AA==\"}",
            "{\"kind\":\"covey-enrolment\",\"version\":1,\"request\":\"xx\",\"secret\":\"AA==\"}")) {
      assertThatThrownBy(() -> EnrolmentApplication.parse(bad.getBytes(StandardCharsets.UTF_8)))
          .as(bad)
          .isInstanceOf(MalformedDocumentException.class);
    }
  }

  @Test
  void keysAndMembershipAreKeptForTheirOwnerOnly() throws Exception {
    Path directory = temporary.resolve("identity");
    DeviceFiles files = new DeviceFiles(directory, PRIMITIVES);
    assertThat(files.membership()).isEmpty();
    SoftwareDeviceKeys made = files.keysOrNew(AesCtrRandomWords.fromSystemRandomness());
    Membership first = membership(home, made);
    files.write(first);
    Membership renewed = membership(home, made);
    files.write(renewed);
    SoftwareDeviceKeys read = files.keysOrNew(AesCtrRandomWords.fromSystemRandomness());
    assertThat(read.secrets()).isEqualTo(made.secrets());
    assertThat(read.tlsKey()).isEqualTo(made.tlsKey());
    assertThat(files.membership()).contains(renewed);
    assertThat(renewed).isNotEqualTo(first);
    files.requireMatching(renewed, read);
    assertThatThrownBy(() -> files.requireMatching(membership, read))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("other keys");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
        .isEqualTo("rwx------");
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(directory.resolve(DeviceFiles.KEYS))))
        .isEqualTo("rw-------");
    Files.setPosixFilePermissions(
        directory.resolve(DeviceFiles.KEYS), PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(files::keys).hasMessageContaining("could be read by others");
  }

  @Test
  void theFleetsKeyOpensWithoutTheDevicesKeyLeavingTheDevice() {
    KeysInADevice device = new KeysInADevice(keys);
    KeysInADevice another = new KeysInADevice(home.deviceKeys());
    GroupEpoch epoch = GroupEpoch.of(membership.fleet(), 3);
    KeyWrapping wrapping = new KeyWrapping(PRIMITIVES.kem(), new AesGcm());
    try (GroupKey group = GroupKey.generate(home.random)) {
      WrappedKey wrapped =
          wrapping
              .wrap(
                  group,
                  epoch,
                  new KeyWrapping.Recipient(membership.agent(), device.encryptionKey()),
                  home.random)
              .orElseThrow();
      EncryptionIdentity own = membership.encryption(device);
      assertThat(wrapping.open(wrapped, epoch, membership.agent(), own.decapsulation()))
          .contains(group);
      assertThat(device.decapsulations).isEqualTo(1);
      assertThat(
              wrapping.open(
                  wrapped,
                  GroupEpoch.of(membership.fleet(), 4),
                  membership.agent(),
                  own.decapsulation()))
          .isEmpty();
      assertThat(wrapping.open(wrapped, epoch, membership.agent(), another)).isEmpty();
      own.close();
      assertThat(wrapping.open(wrapped, epoch, membership.agent(), device))
          .as("the device's keys are not the identity's to wipe")
          .contains(group);
    }
    assertThatThrownBy(() -> membership.encryption(another))
        .hasMessage("the certificate is for another encryption key");
  }
}
