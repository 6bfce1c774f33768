package io.covey.crypto.release;

import static io.covey.crypto.release.TestRepository.DEVICE;
import static io.covey.crypto.release.TestRepository.DIGITS;
import static io.covey.crypto.release.TestRepository.FACES;
import static io.covey.crypto.release.TestRepository.NOW;
import static io.covey.crypto.release.TestRepository.SIGNER;
import static io.covey.crypto.release.TestRepository.audience;
import static io.covey.crypto.release.TestRepository.follow;
import static io.covey.crypto.release.TestRepository.keys;
import static io.covey.crypto.release.TestRepository.release;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.envelope.FileRole;
import io.covey.crypto.envelope.SealedFile;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.release.Selection.Offered;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.GroupName;
import io.covey.protocols.id.Sha256;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is written and read: documents, their frames, and the stored state. */
class ReleaseWireTest {
  private final TestRepository repository = new TestRepository();

  /** Everything that is read, with the digest of its example. */
  enum Form {
    ROOT("f636fb0df0507010e687314427f93a943b70edf45cb1ccb562dcb206225f44e3"),
    TIMESTAMP("3d7bc14a416ca424af120bed71102b613222525cf29a0d91471e1a87deb619d2"),
    SNAPSHOT("4dfd984e4c2c07f58cd42cd3990cf0817d2aedaf2ecfc554905113114fc93684"),
    TARGETS("e4866d160c04b9a7c1622c6b9a179738a920bd581e21ba3e07c7462350c19ac7"),
    SIGNED("0c5d4ff497f529c3e4d16819d5b0b4c26bec4febed0743591f3facb8614dc3e0"),
    STATE("2c9df5b99f49d3a64ed60f018176b0fc7781a698d094abad6e6b71b0789f8544");

    private final String golden;

    Form(String golden) {
      this.golden = golden;
    }

    Object decode(Octets encoded) throws MalformedReleaseException {
      return switch (this) {
        case ROOT -> RootDocument.decode(encoded);
        case TIMESTAMP -> TimestampDocument.decode(encoded);
        case SNAPSHOT -> SnapshotDocument.decode(encoded);
        case TARGETS -> TargetsDocument.decode(encoded);
        case SIGNED -> SignedDocument.decode(encoded);
        case STATE -> TrustedMetadata.decode(encoded, SIGNER);
      };
    }
  }

  private Octets example(Form form) throws MalformedReleaseException {
    repository.familyReleases =
        List.of(
            release(
                DIGITS,
                2,
                7,
                audience(
                    Set.of("board-a", "board-b"),
                    Set.of(new GroupName("cameras")),
                    Set.of(new AgentId("device-1")))));
    TestRepository.Documents documents = repository.documents();
    return switch (form) {
      case ROOT -> SignedDocument.decode(repository.root(1, 0, 1)).document();
      case TIMESTAMP -> SignedDocument.decode(documents.timestamp()).document();
      case SNAPSHOT -> SignedDocument.decode(documents.snapshot()).document();
      case TARGETS -> SignedDocument.decode(documents.family()).document();
      case SIGNED -> documents.targets();
      case STATE -> {
        TrustedMetadata metadata = follow(repository.factory(), documents, NOW);
        yield metadata.taking((Offered) metadata.select(DIGITS, DEVICE, NOW)).encode();
      }
    };
  }

  @ParameterizedTest
  @EnumSource
  void formsKeepTheirGoldenBytes(Form form) throws MalformedReleaseException {
    assertThat(Sha256.of(example(form).toBytes()).hex()).isEqualTo(form.golden);
  }

  @Test
  void documentsAreReadBack() throws MalformedReleaseException {
    for (Form form : Form.values()) {
      Octets encoded = example(form);
      Object read = form.decode(encoded);
      assertThat(encoded(read)).as(form.name()).isEqualTo(encoded);
    }
  }

  private static Octets encoded(Object read) {
    if (read instanceof RootDocument root) {
      return root.encode();
    }
    if (read instanceof TimestampDocument timestamp) {
      return timestamp.encode();
    }
    if (read instanceof SnapshotDocument snapshot) {
      return snapshot.encode();
    }
    if (read instanceof TargetsDocument targets) {
      return targets.encode();
    }
    return read instanceof SignedDocument signed
        ? signed.encode()
        : ((TrustedMetadata) read).encode();
  }

  @ParameterizedTest
  @EnumSource
  void truncatedFormsAreRefused(Form form) throws MalformedReleaseException {
    byte[] encoded = example(form).toBytes();
    for (int length = 0; length < encoded.length; length += 1 + length / 64) {
      Octets cut = Octets.owning(Arrays.copyOf(encoded, length));
      assertThatThrownBy(() -> form.decode(cut))
          .as("%d bytes", length)
          .isInstanceOf(MalformedReleaseException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SIGNED", "STATE"})
  void bytesBehindAFrameAreRefused(Form form) throws MalformedReleaseException {
    byte[] encoded = example(form).toBytes();
    Octets longer = Octets.owning(Arrays.copyOf(encoded, encoded.length + 1));
    assertThatThrownBy(() -> form.decode(longer)).isInstanceOf(MalformedReleaseException.class);
  }

  /** A later version may add fields; they were signed with the others. */
  @ParameterizedTest
  @EnumSource(names = {"ROOT", "TIMESTAMP", "SNAPSHOT", "TARGETS"})
  void fieldsBehindTheKnownOnesAreIgnored(Form form) throws MalformedReleaseException {
    byte[] encoded = example(form).toBytes();
    Octets longer = Octets.owning(Arrays.copyOf(encoded, encoded.length + 40));
    assertThat(form.decode(longer)).isEqualTo(form.decode(Octets.owning(encoded)));
  }

  @ParameterizedTest
  @EnumSource
  void nothingElseEscapesFromDamagedForms(Form form) throws MalformedReleaseException {
    long seed = 41;
    Random random = new Random(seed);
    byte[] encoded = example(form).toBytes();
    for (int i = 0; i < 1500; i++) {
      byte[] damaged = Arrays.copyOf(encoded, encoded.length - random.nextInt(3));
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        // Lengths and counts are at the beginning of fields, and mostly zero.
        damaged[random.nextInt(damaged.length)] =
            random.nextBoolean() ? (byte) 0xff : (byte) random.nextInt();
      }
      assertRefusedOrRead(form, damaged, "seed %d, attempt %d".formatted(seed, i));
    }
  }

  @ParameterizedTest
  @EnumSource
  void nothingElseEscapesFromRandomBytes(Form form) throws MalformedReleaseException {
    long seed = 42;
    Random random = new Random(seed);
    byte[] encoded = example(form).toBytes();
    for (int i = 0; i < 500; i++) {
      byte[] noise = new byte[random.nextInt(600)];
      random.nextBytes(noise);
      // Some begin right, so that more than the label is read.
      int right = Math.min(noise.length, random.nextInt(80));
      System.arraycopy(encoded, 0, noise, 0, right);
      assertRefusedOrRead(form, noise, "seed %d, attempt %d".formatted(seed, i));
    }
  }

  private static void assertRefusedOrRead(Form form, byte[] bytes, String which) {
    try {
      assertThat(form.decode(Octets.owning(bytes))).as(which).isNotNull();
    } catch (MalformedReleaseException expected) {
      assertThat(expected.getMessage()).as(which).isNotEmpty();
    }
  }

  /** An attacker chooses these bytes; nothing was signed yet. */
  @Test
  void frameIsReadInOneWayOnly() throws MalformedReleaseException {
    byte[] frame = example(Form.SIGNED).toBytes();
    Random random = new Random(43);
    for (int i = 0; i < 2000; i++) {
      byte[] damaged = frame.clone();
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 + random.nextInt(255));
      try {
        SignedDocument read = SignedDocument.decode(Octets.owning(damaged));
        assertThat(read.encode()).isEqualTo(Octets.owning(damaged));
      } catch (MalformedReleaseException expected) {
        assertThat(expected).isNotNull();
      }
    }
  }

  @Test
  void stateIsTheSameAfterARestart() throws MalformedReleaseException {
    TrustedMetadata metadata = follow(repository.factory(), repository.documents(), NOW);
    metadata = metadata.taking((Offered) metadata.select(DIGITS, DEVICE, NOW));
    TrustedMetadata again = TrustedMetadata.decode(metadata.encode(), SIGNER);
    assertThat(again).isEqualTo(metadata);
    assertThat(again.select(DIGITS, DEVICE, NOW)).isEqualTo(metadata.select(DIGITS, DEVICE, NOW));
    assertThat(again.select(FACES, DEVICE, NOW)).isEqualTo(metadata.select(FACES, DEVICE, NOW));
  }

  /** The family's old document is signed by keys that it has no more: it must not be kept. */
  @Test
  void stateIsReadAgainAfterAFamilyGotOtherKeys() throws MalformedReleaseException {
    TrustedMetadata metadata = follow(repository.factory(), repository.documents(), NOW);
    repository.delegations.set(0, new Delegation(DIGITS, keys(1, 41)));
    TestRepository.Documents second = repository.nextDocuments();
    metadata = TestRepository.accepted(metadata.acceptTimestamp(second.timestamp(), NOW));
    metadata = TestRepository.accepted(metadata.acceptSnapshot(second.snapshot(), NOW));
    metadata =
        TestRepository.accepted(metadata.acceptTargets(TargetsDocument.TOP, second.targets(), NOW));
    assertThat(TrustedMetadata.decode(metadata.encode(), SIGNER)).isEqualTo(metadata);
    assertThat(metadata.wanted(DIGITS).orElseThrow().name()).isEqualTo("digits");
  }

  @Test
  void stateWithASignatureThatIsNoneIsRefused() throws MalformedReleaseException {
    byte[] state = example(Form.STATE).toBytes();
    byte[] root = repository.root(1, 0, 1).toBytes();
    int rootAt = 4 + "covey/v1/release-state".length() + 4;
    assertThat(Arrays.copyOfRange(state, rootAt, rootAt + root.length)).isEqualTo(root);
    state[rootAt + root.length - 1] ^= 1;
    assertThatThrownBy(() -> TrustedMetadata.decode(Octets.owning(state), SIGNER))
        .isInstanceOf(MalformedReleaseException.class)
        .hasMessageContaining("1 valid signatures, expected 2");
  }

  @Test
  void deviceDoesNotBeginWithARootThatIsNotSigned() {
    assertThatThrownBy(() -> TrustedMetadata.trusting(repository.root(1, 0), SIGNER))
        .isInstanceOf(MalformedReleaseException.class);
  }

  @Test
  void signaturesAreGatheredFromHoldersWhoNeverMeet() throws MalformedReleaseException {
    SignedDocument one = SignedDocument.decode(repository.root(1, 0));
    SignedDocument both = one.andSign(List.of(TestRepository.privateKey(1)), SIGNER);
    assertThat(both.encode()).isEqualTo(repository.root(1, 0, 1));
  }

  @Test
  void impossibleValuesAreMistakes() {
    Octets key = SIGNER.publicKeyOf(TestRepository.privateKey(1));
    assertThatThrownBy(() -> new RoleKeys(3, keys(1, 1, 2).publicKeys()))
        .hasMessageContaining("threshold 3, expected 1 to 2");
    assertThatThrownBy(() -> new RoleKeys(0, List.of(key))).hasMessageContaining("threshold 0");
    assertThatThrownBy(() -> new RoleKeys(2, List.of(key, key)))
        .hasMessageContaining("the same key twice");
    assertThatThrownBy(() -> new RoleKeys(1, List.of())).hasMessageContaining("0 keys");
    assertThatThrownBy(() -> new RootDocument(header(1, 0, 1), Map.of(Role.ROOT, keys(1, 1))))
        .hasMessageContaining("1 roles, expected 4");
    assertThatThrownBy(() -> header(0, 0, 1)).hasMessageContaining("version 0");
    assertThatThrownBy(() -> header(1, 5, 5)).hasMessageContaining("issued 5 s and expires 5 s");
    Delegation nested = new Delegation(DIGITS, keys(1, 1));
    assertThatThrownBy(
            () -> new TargetsDocument(header(1, 0, 1), "digits", List.of(nested), List.of()))
        .hasMessageContaining("expected none");
    Release release = release(DIGITS, 1, 1, Audience.ALL);
    assertThatThrownBy(
            () ->
                new TargetsDocument(
                    header(1, 0, 1), "targets", List.of(), List.of(release, release)))
        .hasMessageContaining("two releases of digits have counter 1");
  }

  @Test
  void incompleteReleasesAreMistakes() {
    Release whole = release(DIGITS, 1, 1, Audience.ALL);
    TreeMap<FileRole, SealedFile> files = new TreeMap<>(whole.files());
    files.remove(FileRole.EXPECTED_OUTPUTS);
    assertThatThrownBy(() -> with(whole, files)).hasMessageContaining("both or neither");
    files.remove(FileRole.SAMPLE_INPUTS);
    assertThat(with(whole, files).files()).containsOnlyKeys(FileRole.SERVING);
    files.clear();
    assertThatThrownBy(() -> with(whole, files)).hasMessageContaining("nothing to serve");
  }

  private static Release with(Release release, SortedMap<FileRole, SealedFile> files) {
    return new Release(
        release.model(),
        release.version(),
        release.counter(),
        files,
        release.audience(),
        release.keyEpoch(),
        release.tolerance());
  }

  private static DocumentHeader header(long version, long issued, long expires) {
    return new DocumentHeader(TestRepository.FLEET, version, issued, expires);
  }
}
