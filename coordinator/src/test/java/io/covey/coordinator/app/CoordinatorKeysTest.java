package io.covey.coordinator.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.covey.coordinator.config.CoordinatorSettings;
import io.covey.crypto.identity.CoordinatorIdentity;
import io.covey.crypto.identity.IdentityFiles;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.settings.SettingsLoader;
import io.covey.protocols.settings.Sources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class CoordinatorKeysTest {
  private static final Logger LOG = (Logger) LoggerFactory.getLogger(CoordinatorKeys.class);

  @TempDir private Path data;
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void listen() {
    log.start();
    LOG.addAppender(log);
  }

  @AfterEach
  void stopListening() {
    LOG.detachAppender(log);
  }

  private Sources sources() {
    return Sources.none().withSet("data-directory", data.toString());
  }

  private static CoordinatorIdentity keys(Sources sources) {
    return CoordinatorKeys.of(SettingsLoader.load(CoordinatorSettings.class, sources).value());
  }

  @Test
  void theFirstStartMakesATrialAuthorityAndWarnsAndLaterOnesKeepIt() throws Exception {
    CoordinatorIdentity first = keys(sources().withSet("fleet", "barn"));
    assertThat(first.fleet()).hasToString("barn");
    assertThat(log.list)
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getLevel()).isEqualTo(Level.WARN);
              assertThat(event.getFormattedMessage())
                  .contains("authority.key can enrol participants")
                  .contains("another machine");
            });
    assertThat(IdentityFiles.readAuthority(data.resolve("authority"), new Ed25519()).publicKey())
        .isEqualTo(first.authorityKey());

    Files.delete(data.resolve("authority").resolve("authority.key"));
    assertThat(keys(sources().withSet("fleet", "barn")).trust()).isEqualTo(first.trust());
    assertThat(log.list).hasSize(1);
  }

  @Test
  void aPlaceThatTheOperatorNamedIsNotFilled() {
    Path named = data.resolve("named");
    assertThatThrownBy(() -> keys(sources().withSet("identity.directory", named.toString())))
        .isInstanceOf(CommandFailedException.class)
        .hasMessageContaining("authority.pub is not there")
        .hasMessageContaining("identity.directory");
    assertThat(named).doesNotExist();
  }

  @Test
  void keysThatAreIncompleteOrOpenToOthersAreNotReplaced() throws Exception {
    keys(sources());
    Path key = data.resolve("authority").resolve("coordinator.key");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> keys(sources())).hasMessageContaining("chmod 600");
    Files.delete(key);
    assertThatThrownBy(() -> keys(sources())).hasMessageContaining("coordinator.key is not there");
    assertThat(key).doesNotExist();
  }

  @Test
  void aRootOfReleasesThatAgentsKnowIsNotMadeAnew() throws Exception {
    CoordinatorIdentity first = keys(sources());
    Path release = data.resolve("authority").resolve("release");
    Path aside = data.resolve("aside");
    Files.move(release, aside);
    assertThatThrownBy(() -> keys(sources()))
        .isInstanceOf(CommandFailedException.class)
        .hasMessageContaining("agents would take nothing");
    assertThat(release).doesNotExist();
    Files.move(aside, release);
    assertThat(keys(sources()).trust()).isEqualTo(first.trust());
  }

  @Test
  void theKeysOfAnotherFleetAreRefused() {
    keys(sources().withSet("fleet", "barn"));
    assertThatThrownBy(() -> keys(sources()))
        .isInstanceOf(CommandFailedException.class)
        .hasMessageContaining("for fleet barn")
        .hasMessageContaining("set fleet to it");
  }
}
