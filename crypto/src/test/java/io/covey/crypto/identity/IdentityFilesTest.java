package io.covey.crypto.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.primitive.Signer;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.protocols.id.FleetId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityFilesTest {
  private static final FleetId FLEET = new FleetId("home");
  private static final Signer SIGNER = new Ed25519();

  private final TrialAuthority trial = TrialAuthority.insecureSeeded(FLEET, SIGNER, 5);
  private Path directory;
  private Path keyFile;

  @BeforeEach
  void write(@TempDir Path temporary) throws IOException {
    directory = temporary.resolve("deep").resolve("authority");
    keyFile = directory.resolve("coordinator.key");
    IdentityFiles.writeAuthority(directory, trial.authority(), trial.coordinator());
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private String base64() {
    return Base64.getEncoder().encodeToString(trial.coordinator().signingKey().reveal());
  }

  @Test
  void whatIsWrittenComesBack() throws IOException {
    FleetAuthority authority = IdentityFiles.readAuthority(directory, SIGNER);
    assertThat(authority.privateKey()).isEqualTo(trial.authority().privateKey());
    assertThat(authority.fleet()).isEqualTo(FLEET);
    CoordinatorIdentity coordinator = IdentityFiles.readCoordinator(directory, SIGNER);
    assertThat(coordinator.signingKey()).isEqualTo(trial.coordinator().signingKey());
    assertThat(coordinator.trust()).isEqualTo(trial.coordinator().trust());
  }

  @Test
  void secretFilesAreForTheirOwnerOnlyAndNothingElseIsLeft() throws IOException {
    assertThat(permissions(directory)).isEqualTo("rwx------");
    assertThat(permissions(directory.resolve("authority.key"))).isEqualTo("rw-------");
    assertThat(permissions(directory.resolve("coordinator.key"))).isEqualTo("rw-------");
    assertThat(permissions(directory.resolve("authority.pub"))).startsWith("rw-").endsWith("--");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("authority.key", "authority.pub", "coordinator.key");
    }
  }

  @Test
  void theCoordinatorNeedsNoAuthorityKey() throws IOException {
    Files.delete(directory.resolve("authority.key"));
    assertThat(IdentityFiles.readCoordinator(directory, SIGNER).fleet()).isEqualTo(FLEET);
    assertThatThrownBy(() -> IdentityFiles.readAuthority(directory, SIGNER))
        .isInstanceOf(IdentityFileException.class)
        .hasMessageContaining("authority.key")
        .hasMessageContaining("is not there");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rwx--x---"})
  void aSecretThatOthersCouldReachIsRefusedAndSaysWhatToDo(String permissions) throws IOException {
    Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString(permissions));
    assertThatThrownBy(() -> IdentityFiles.readCoordinator(directory, SIGNER))
        .isInstanceOf(IdentityFileException.class)
        .hasMessageContaining("coordinator.key")
        .hasMessageContaining(permissions)
        .hasMessageContaining("chmod 600");
  }

  @Test
  void aPublicFileThatOthersCouldChangeIsRefused() throws IOException {
    Path file = directory.resolve("authority.pub");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
    assertThatThrownBy(() -> IdentityFiles.readCoordinator(directory, SIGNER))
        .hasMessageContaining("authority.pub")
        .hasMessageContaining("chmod 644");
  }

  @Test
  void nothingIsOverwritten() throws IOException {
    byte[] before = Files.readAllBytes(keyFile);
    assertThatThrownBy(
            () -> IdentityFiles.writeAuthority(directory, trial.authority(), trial.coordinator()))
        .isInstanceOf(IdentityFileException.class)
        .hasMessageContaining("is there already");
    assertThat(keyFile).hasBinaryContent(before);
    for (String kept : List.of("authority.key", "authority.pub", "coordinator.key")) {
      Path other = Files.createDirectory(directory.resolve("only-" + kept));
      Files.copy(directory.resolve(kept), other.resolve(kept));
      assertThatThrownBy(
              () -> IdentityFiles.writeAuthority(other, trial.authority(), trial.coordinator()))
          .hasMessageContaining(kept)
          .hasMessageContaining("is there already");
      assertThat(other.toFile().list()).containsExactly(kept);
    }
  }

  @Test
  void ofTwoWritersAtOnceOneIsRefused() throws Exception {
    Path contested = directory.resolve("contested");
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      Callable<Boolean> writer =
          () -> {
            try (TrialAuthority own = TrialAuthority.create(FLEET, SIGNER)) {
              IdentityFiles.writeAuthority(contested, own.authority(), own.coordinator());
              return true;
            } catch (IdentityFileException e) {
              return false;
            }
          };
      long written = 0;
      for (var future : threads.invokeAll(List.of(writer, writer, writer, writer))) {
        written += future.get() ? 1 : 0;
      }
      assertThat(written).isEqualTo(1);
    } finally {
      threads.shutdown();
    }
    assertThat(IdentityFiles.readCoordinator(contested, SIGNER).fleet()).isEqualTo(FLEET);
    assertThat(IdentityFiles.readAuthority(contested, SIGNER).fleet()).isEqualTo(FLEET);
  }

  @Test
  void keysThatDoNotBelongTogetherAreRefused(@TempDir Path elsewhere) throws IOException {
    TrialAuthority other = TrialAuthority.create(FLEET, SIGNER);
    Path second = elsewhere.resolve("second");
    IdentityFiles.writeAuthority(second, other.authority(), other.coordinator());
    Files.delete(second.resolve("authority.pub"));
    Files.copy(directory.resolve("authority.pub"), second.resolve("authority.pub"));
    assertThatThrownBy(() -> IdentityFiles.readAuthority(second, SIGNER))
        .hasMessageContaining("authority.key cannot be used")
        .hasMessageContaining("not the key of authority.pub");
    assertThatThrownBy(() -> IdentityFiles.readCoordinator(second, SIGNER))
        .hasMessageContaining("coordinator.key cannot be used");
  }

  @Test
  void oneKindOfFileIsNotTakenForAnother() throws IOException {
    Files.write(keyFile, Files.readAllBytes(directory.resolve("authority.key")));
    assertThatThrownBy(() -> IdentityFiles.readCoordinator(directory, SIGNER))
        .hasMessageContaining("is not a file of kind covey-coordinator-key");
  }

  @Test
  void everyTruncationAndEveryChangedByteIsAnOrderlyRefusalWithoutTheSecret() throws IOException {
    byte[] whole = Files.readAllBytes(keyFile);
    String secret = base64();
    for (int at = 0; at < whole.length; at++) {
      // Without the line break at the end it is still whole.
      if (at < whole.length - 2) {
        refusedWithout(secret, Arrays.copyOf(whole, at));
      }
      byte[] changed = whole.clone();
      changed[at] ^= 0x11;
      refusedOrRead(secret, changed);
    }
  }

  private void refusedWithout(String secret, byte[] content) throws IOException {
    Files.write(keyFile, content);
    assertOrderly(secret, catchThrowable(() -> IdentityFiles.readCoordinator(directory, SIGNER)));
  }

  private void refusedOrRead(String secret, byte[] content) throws IOException {
    Files.write(keyFile, content);
    try (CoordinatorIdentity read = IdentityFiles.readCoordinator(directory, SIGNER)) {
      assertThat(read.signingKey()).isEqualTo(trial.coordinator().signingKey());
      assertThat(read.trust()).isEqualTo(trial.coordinator().trust());
    } catch (IOException e) {
      assertOrderly(secret, e);
    }
  }

  private static void assertOrderly(String secret, Throwable failure) {
    assertThat(failure).isInstanceOf(IdentityFileException.class).hasNoCause();
    // Four characters of base64 are three bytes: no run of the secret may be quoted.
    for (int at = 0; at + 8 <= secret.length(); at += 4) {
      assertThat(failure.getMessage()).doesNotContain(secret.substring(at, at + 8));
    }
  }

  @Test
  void aNewerVersionAndUnknownOrMissingFieldsAreRefused() throws IOException {
    String json = Files.readString(keyFile);
    assertThat(refusal(json.replace("\"version\" : 1", "\"version\" : 2")))
        .contains("another version than 1");
    assertThat(refusal(json.replace("\"fleet\" : \"home\",", ""))).contains("lacks a field");
    assertThat(refusal(json.replace("\"fleet\" :", "\"owner\" : \"me\", \"fleet\" :")))
        .contains("one too many");
    assertThat(refusal(json.replace("\"home\"", "\"barn\"")))
        .contains("it is for another fleet than authority.pub");
    assertThat(refusal(json.replace("\"fleet\" :", "\"fleet\" : \"x\", \"fleet\" :")))
        .contains("is damaged");
    assertThat(refusal(json + "{}")).contains("is damaged");
    assertThat(refusal(" ".repeat(20_000))).contains("longer than 16384 bytes");
    assertThat(refusal("")).contains("is damaged");
  }

  private String refusal(String content) throws IOException {
    Files.writeString(keyFile, content);
    Throwable refusal = catchThrowable(() -> IdentityFiles.readCoordinator(directory, SIGNER));
    assertThat(refusal).isInstanceOf(IdentityFileException.class);
    return String.valueOf(refusal.getMessage());
  }

  @Test
  void theFilesAreJsonWithTheSecretInBase64() throws IOException {
    assertThat(Files.readString(keyFile))
        .startsWith("{")
        .endsWith("}\n")
        .contains("\"kind\" : \"covey-coordinator-key\"")
        .contains("\"private-key\" : \"" + base64() + "\"");
    assertThat(Files.readString(directory.resolve("authority.pub")))
        .contains(trial.authorityKey().toHex())
        .doesNotContain(Octets.copyOf(trial.authority().privateKey().reveal()).toHex());
  }

  /** A ZIP file has no POSIX permissions, no hard links and no forced directories. */
  @Test
  void withoutPosixPermissionsKeysAreStillWrittenReadAndNotOverwritten(@TempDir Path temporary)
      throws IOException {
    URI zip = URI.create("jar:" + temporary.resolve("keys.zip").toUri());
    try (FileSystem other = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      Path place = other.getPath("/authority");
      IdentityFiles.writeAuthority(place, trial.authority(), trial.coordinator());
      assertThat(IdentityFiles.readCoordinator(place, SIGNER).signingKey())
          .isEqualTo(trial.coordinator().signingKey());
      assertThatThrownBy(
              () -> IdentityFiles.writeAuthority(place, trial.authority(), trial.coordinator()))
          .hasMessageContaining("is there already");
      assertThat(filesIn(place)).isEqualTo(3);
    }
  }

  private static long filesIn(Path place) {
    try (Stream<Path> files = Files.list(place)) {
      return files.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
