package io.covey.crypto.identity.x509;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.identity.IdentityFileException;
import io.covey.crypto.identity.KeyDocument;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.protocols.id.FleetId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A root's key among several holders: in memory, and in files on their media. */
class RootShareTest {
  private static final long SEED = 20_261_127;
  private static final Signer SIGNER = new Ed25519();
  private static final FleetId BARN = new FleetId("barn");
  private static final Instant NOW = Instant.parse("2026-11-27T08:00:00Z");

  private final Random random = new Random(SEED);
  private final RandomWords words = AesCtrRandomWords.fromSeed(bytes());
  private final FleetRoot root = root(BARN, bytes());

  @TempDir private Path media;
  private List<RootShare> shares;
  private List<Path> holders;

  private byte[] bytes() {
    byte[] drawn = new byte[32];
    random.nextBytes(drawn);
    return drawn;
  }

  private FleetRoot root(FleetId fleet, byte[] key) {
    return FleetRoot.create(fleet, SecretBytes.copyOf(key), NOW, words, SIGNER);
  }

  @BeforeEach
  void threeHoldersOfWhomTwoAreNeeded() throws IOException {
    shares = RootShare.split(root, 2, 3, words, SIGNER);
    holders = new ArrayList<>();
    for (RootShare share : shares) {
      Path holder = media.resolve("holder-" + share.place());
      RootShareFiles.write(holder, share);
      holders.add(holder);
    }
  }

  private FleetRoot read(Path... directories) throws IOException {
    return RootShareFiles.readRoot(List.of(directories), Optional.of(root.certificate()), SIGNER);
  }

  /**
   * Computed apart, with integers of any size: three coefficients for each limb of 00 01 ... 1f,
   * whose second and third are the upper 61 bits of k times 2^64 over the golden ratio.
   */
  @Test
  void sharesAndDigestsAreThoseOfAnotherProgram() {
    byte[] key = new byte[32];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) i;
    }
    long[] counter = {0};
    RandomWords counted =
        destination -> {
          for (int i = 0; i < destination.length; i++) {
            destination[i] = ++counter[0] * 0x9E3779B97F4A7C15L;
          }
        };
    List<RootShare> known = RootShare.split(root(BARN, key), 3, 5, counted, SIGNER);
    assertThat(known.stream().map(share -> HexFormat.of().formatHex(share.value().reveal())))
        .containsExactly(
            "02e3ae16f3939394198cf81fdfe75a9c1039f7c0458650b706e15fe64f0745ed1d89315987891de8",
            "1c6ff5760299fe30006c76152ddd7f59046cac4bd26c2f9408674b081adcdee80c625311924e7103",
            "0ca5d820311845dd149f2aa0bac35e341c9c32b8bdb9a59f0493a3566491ec220c8b7d413a6b156c",
            "138556157f0e6a99162515c28698f72f18c88b07076eb2da1b6668d12c266d9a1e04afe87fdf0b23",
            "110e6f55ec7c6c6504fe377a915e4a4a18f1b536af8b57440cdf9b78719a635200cdeb0762aa522a");
    assertThat(known.get(0).sharing().digests())
        .map(digest -> digest.hex())
        .containsExactly(
            "0ae026d92a3f154523e3727d337a3f4a73d642312d5f9a078f7ba9626bbeb282",
            "97c98a7d39bb3f41288fcf76cc71f42361095668456ad475bd281d39387c4070",
            "d56419c3714fef8b6218eaa1b245c845b16f1e381dcdbb57f87cc2246aa29c1f",
            "3e49cc81b918d39e9716759114fd03e149d571a0405cef767147871efd743ad3",
            "d79e9b12ae758705f474782ee30ba10f093ae944c9f1cf2349afeb079eeaacae");
  }

  @ParameterizedTest(name = "of {0}, seed " + SEED)
  @ValueSource(ints = {2, 3, 4, 7, 16})
  void anyThresholdOfSharesGivesTheKeyAndOneLessDoesNot(int count) {
    for (int threshold = 2; threshold <= count; threshold++) {
      List<RootShare> all = new ArrayList<>(RootShare.split(root, threshold, count, words, SIGNER));
      Collections.shuffle(all, random);
      int given = threshold + random.nextInt(count - threshold + 1);
      try (FleetRoot joined = RootShare.join(all.subList(0, given), SIGNER)) {
        assertThat(joined.privateKey()).isEqualTo(root.privateKey());
        assertThat(joined.fingerprint()).isEqualTo(root.fingerprint());
        assertThat(joined.fleet()).isEqualTo(BARN);
      }
      List<RootShare> tooFew = all.subList(0, threshold - 1);
      assertThatThrownBy(() -> RootShare.join(tooFew, SIGNER))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageEndingWith("and it takes %d of the %d", threshold, count);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 3", "0, 3", "4, 3", "1, 1", "2, 17", "-1, 2", "2, 0"})
  void impossibleSharingsAreRefused(int threshold, int count) {
    assertThatThrownBy(() -> RootShare.split(root, threshold, count, words, SIGNER))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected 2 to");
  }

  @Test
  void sharesPrintNoSecret() {
    assertThat(shares.get(0)).hasToString("RootShare[barn, 1 of 3, redacted]");
  }

  @Test
  void theKeyIsPutTogetherFromAnyTwoMediaAndFromOneWithAllOnIt() throws IOException {
    try (FleetRoot first = read(holders.get(2), holders.get(0));
        FleetRoot second = read(holders.get(1), holders.get(2))) {
      assertThat(first.privateKey()).isEqualTo(root.privateKey());
      assertThat(second.privateKey()).isEqualTo(root.privateKey());
    }
    Path together = Files.createDirectory(media.resolve("together"));
    for (RootShare share : shares) {
      Files.copy(
          RootShareFiles.file(holders.get(share.place() - 1), share.place()),
          RootShareFiles.file(together, share.place()));
    }
    read(together).close();
  }

  @Test
  void aShareIsForItsOwnerOnlyAndIsNotReadWhenOthersCould() throws IOException {
    Path file = RootShareFiles.file(holders.get(0), 1);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThatThrownBy(() -> RootShareFiles.write(holders.get(0), shares.get(0)))
        .isInstanceOf(IdentityFileException.class)
        .hasMessageContaining("is there already and is not overwritten");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(() -> read(holders.get(0), holders.get(1)))
        .isInstanceOf(IdentityFileException.class)
        .hasMessageContaining(file + " could be read by others");
  }

  @Test
  void tooFewOrTheSameTwiceSaysWhatIsThere() throws IOException {
    assertThatThrownBy(() -> read(holders.get(1)))
        .hasMessage("1 of the shares (2), and it takes 2 of the 3");
    assertThatThrownBy(() -> read(holders.get(1), holders.get(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("share 2 is there twice, as ");
    assertThatThrownBy(() -> read(media))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("there is neither root.key nor a share of it in");
    AuthorityFiles.writeRoot(media.resolve("whole"), root);
    assertThatThrownBy(() -> read(media.resolve("whole"), holders.get(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("more in");
  }

  @Test
  void aShareOfAnotherRootOrOfAnotherMakingIsNamed() throws IOException {
    FleetRoot other = root(BARN, bytes());
    Path foreign = media.resolve("foreign");
    RootShareFiles.write(foreign, RootShare.split(other, 2, 3, words, SIGNER).get(1));
    Path foreignFile = RootShareFiles.file(foreign, 2);
    assertThatThrownBy(() -> read(holders.get(0), foreign))
        .isInstanceOf(IdentityFileException.class)
        .hasMessageStartingWith(foreignFile + " is of another root, " + other.fingerprint());
    assertThatThrownBy(
            () ->
                RootShareFiles.readRoot(List.of(holders.get(0), foreign), Optional.empty(), SIGNER))
        .isInstanceOf(IdentityFileException.class)
        .hasMessageStartingWith(foreignFile + " was not made together with ");
    Path later = media.resolve("later");
    RootShareFiles.write(later, RootShare.split(root, 2, 3, words, SIGNER).get(1));
    assertThatThrownBy(() -> read(holders.get(0), later))
        .isInstanceOf(IdentityFileException.class)
        .hasMessageStartingWith(RootShareFiles.file(later, 2) + " was not made together with ");
    Path whole = media.resolve("whole");
    AuthorityFiles.writeRoot(whole, other);
    assertThatThrownBy(() -> read(whole))
        .isInstanceOf(IdentityFileException.class)
        .hasMessageContaining("is of another root");
  }

  /** Every character of the file is another in turn. */
  @Test
  void aFileThatWasAlteredAnywhereIsNamedAndNeverUsed() throws IOException {
    Path file = RootShareFiles.file(holders.get(0), 1);
    byte[] content = Files.readAllBytes(file);
    for (int i = 0; i < content.length; i++) {
      byte[] altered = content.clone();
      altered[i] = (byte) (altered[i] == '1' ? '2' : '1');
      Files.write(file, altered);
      assertThatThrownBy(() -> read(holders.get(0), holders.get(1)))
          .as("character %d", i)
          .isInstanceOf(IdentityFileException.class)
          .hasMessageStartingWith(file.toString());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "place, 2, its value is not that of share 2",
    "place, 4, 'place 4, expected 1 to 3'",
    "place, 0, 'place 0, expected 1 to 3'",
    "place, -1, its place is no number",
    "place, 99999999999, its place is no number",
    "threshold, 3, not signed by that root",
    "threshold, 1, 'expected 2 to 3'",
    "fleet, shed, not signed by that root",
    "share-digests, 00, 'digests of 1 bytes'",
    "share-digests, '', '0 shares, expected 2 to 16'",
    "signature, 00, 'signature of 1 bytes'",
    "certificate, 00, not one certificate",
    "share, AAAA, its value is not that of share 1"
  })
  void aFieldThatLiesIsNamed(String field, String lie, String complaint) throws IOException {
    Path file = RootShareFiles.file(holders.get(0), 1);
    String content = Files.readString(file);
    String altered =
        content.replaceFirst(
            "\"" + field + "\" : \"[^\"]*\"", "\"" + field + "\" : \"" + lie + "\"");
    assertThat(altered).isNotEqualTo(content);
    Files.writeString(file, altered);
    assertThatThrownBy(() -> read(holders.get(0), holders.get(1)))
        .isInstanceOf(IdentityFileException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(complaint);
  }

  @Test
  void aFileThatIsTooLargeOrOfAnotherKindIsNotParsed() throws IOException {
    Path file = RootShareFiles.file(holders.get(0), 1);
    byte[] large = new byte[KeyDocument.MAXIMUM_BYTES + 1];
    Arrays.fill(large, (byte) ' ');
    Files.write(file, large);
    assertThatThrownBy(() -> read(holders.get(0), holders.get(1)))
        .isInstanceOf(IdentityFileException.class)
        .hasMessageContaining("is longer than");
    Files.write(
        file, "{\"kind\":\"covey-root-key\",\"version\":1}".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> read(holders.get(0), holders.get(1)))
        .isInstanceOf(IdentityFileException.class)
        .hasMessageContaining("is not a file of kind covey-root-share");
  }

  @Test
  void noShareHoldsTheKey() throws IOException {
    String key = Base64.getEncoder().encodeToString(root.privateKey().reveal());
    X509Certificate certificate = root.certificate();
    for (RootShare share : shares) {
      String content =
          Files.readString(RootShareFiles.file(holders.get(share.place() - 1), share.place()));
      assertThat(content)
          .doesNotContain(key)
          .doesNotContain(HexFormat.of().formatHex(root.privateKey().reveal()))
          .contains(X509.der(certificate).toHex());
      assertThat(share.rootFingerprint()).isEqualTo(root.fingerprint());
    }
    assertThat(Octets.copyOf(shares.get(0).value().reveal()))
        .isNotEqualTo(Octets.copyOf(shares.get(1).value().reveal()));
  }
}
