package io.covey.coordinator.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.coordinator.fleet.AgentRecord;
import io.covey.coordinator.round.RoundRecord;
import io.covey.protocols.id.Sha256;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real process writes, and is killed with SIGKILL. */
class CrashTest {
  private static final int KILLS = 4;
  private static final int WRITES_BETWEEN_KILLS = 25;

  @TempDir Path directory;

  @Test
  void whatWasAcknowledgedIsThereAfterEveryKill() throws Exception {
    int acknowledged = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      try (ChildWriter child = ChildWriter.start(directory)) {
        for (int i = 0; i < WRITES_BETWEEN_KILLS; i++) {
          acknowledged = Math.max(acknowledged, child.nextSaved());
        }
        acknowledged = Math.max(acknowledged, child.kill());
      }
      checkEverythingUpTo(acknowledged);
    }
    assertThat(acknowledged).isGreaterThanOrEqualTo(KILLS * WRITES_BETWEEN_KILLS);
  }

  private void checkEverythingUpTo(int acknowledged) {
    try (Database database = Database.open(ChildWriter.database(directory))) {
      List<RoundRecord> rounds =
          new JdbiRoundStore(database).rounds(Records.DIGITS, acknowledged + 1, acknowledged + 1);
      assertThat(rounds).hasSize(acknowledged);
      assertThat(rounds.get(0)).isEqualTo(Records.committed(acknowledged));
      assertThat(rounds).allMatch(round -> round.equals(Records.committed(round.number())));
      List<AgentRecord> agents = new JdbiAgentStore(database).load();
      assertThat(agents.get(agents.size() - 1).sequence()).isGreaterThanOrEqualTo(acknowledged);
      FileArtifactStore artifacts = new FileArtifactStore(directory.resolve("artifacts"));
      for (int number = 1; number <= acknowledged; number++) {
        byte[] content = ChildWriter.artifact(number);
        assertThat(artifacts.get(Sha256.of(content))).contains(content);
      }
      assertThat(directory.resolve("artifacts/incoming")).isEmptyDirectory();
    }
  }

  @Test
  void aDatabaseInUseIsRefusedAndSaysByWhat() throws Exception {
    try (ChildWriter child = ChildWriter.start(directory)) {
      child.nextSaved();
      assertThatThrownBy(() -> Database.open(ChildWriter.database(directory)))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("is in use by another coordinator")
          .hasMessageContaining(directory.toString());
      child.nextSaved();
      child.kill();
    }
    Database.open(ChildWriter.database(directory)).close();
  }
}
