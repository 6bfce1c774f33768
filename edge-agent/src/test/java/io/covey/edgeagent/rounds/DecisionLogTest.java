package io.covey.edgeagent.rounds;

import static io.covey.edgeagent.rounds.ChildLog.session;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.crypto.primitive.Octets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DecisionLogTest {
  private static final int HEADER = 8;
  private static final int RECORD = 68;
  private static final Octets ROOT = session(-1);
  private static final Octets OTHER_ROOT = session(-2);

  @TempDir private Path directory;

  private Path file() {
    return directory.resolve("decisions");
  }

  private byte[] logOf(int sessions) throws IOException {
    try (DecisionLog log = FileDecisionLog.open(directory)) {
      for (int i = 0; i < sessions; i++) {
        assertThat(log.record(session(i), ROOT)).isTrue();
      }
    }
    return Files.readAllBytes(file());
  }

  @Test
  void thereIsOneDecisionForASessionWhateverItSays() {
    DecisionLog log = new InMemoryDecisionLog();
    assertThat(log.record(session(1), ROOT)).isTrue();
    assertThat(log.record(session(1), ROOT)).isFalse();
    assertThat(log.record(session(1), OTHER_ROOT)).isFalse();
    assertThat(log.record(session(2), ROOT)).isTrue();
    log.close();
    assertThat(log.record(session(3), ROOT)).isFalse();
  }

  @Test
  void decisionsOutliveTheProcess() throws IOException {
    logOf(1_100);
    try (DecisionLog again = FileDecisionLog.open(directory)) {
      for (int i = 0; i < 1_100; i++) {
        assertThat(again.record(session(i), OTHER_ROOT)).isFalse();
      }
      assertThat(again.record(session(1_100), ROOT)).isTrue();
      assertThat(again.record(session(1_100), ROOT)).isFalse();
    }
    assertThat(Files.size(file())).isEqualTo(HEADER + 1_101L * RECORD);
  }

  @Test
  void theFileHasTheseBytes() throws IOException {
    try (DecisionLog log = FileDecisionLog.open(directory)) {
      log.record(Octets.owning(new byte[32]), Octets.ofHex("ff".repeat(32)));
    }
    assertThat(HexFormat.of().formatHex(Files.readAllBytes(file())))
        .isEqualTo("434f564559444c31" + "00".repeat(32) + "ff".repeat(32) + "ebf1768e");
  }

  @Test
  void aCrashAtAnyByteLosesNoDecisionAndGivesNoSecondOne() throws IOException {
    byte[] whole = logOf(3);
    for (int length = 0; length <= whole.length; length++) {
      Files.write(file(), Arrays.copyOf(whole, length));
      // Three openings: to mend, to see what was mended, and to see that it stays.
      assertThat(recordedOnce(length)).as("cut at %d", length).isEqualTo(decidedAt(length));
      assertThat((Files.size(file()) - HEADER) % RECORD).isZero();
      assertThat(recordedOnce(length)).isEqualTo(List.of(true, true, true, true));
    }
  }

  /** Which of sessions 0 to 3 count as decided; decides all of them. */
  private List<Boolean> recordedOnce(int length) throws IOException {
    List<Boolean> decided = new ArrayList<>();
    FileDecisionLog.open(directory).close();
    try (DecisionLog log = FileDecisionLog.open(directory)) {
      for (int i = 0; i < 4; i++) {
        decided.add(!log.record(session(i), OTHER_ROOT));
        assertThat(log.record(session(i), ROOT)).as("cut at %d", length).isFalse();
      }
    }
    return decided;
  }

  /** A session counts from the moment its first 8 bytes can be read. */
  private static List<Boolean> decidedAt(int length) {
    List<Boolean> decided = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      decided.add(i < 3 && length >= HEADER + i * RECORD + 8);
    }
    return decided;
  }

  @Test
  void aLastRecordWithAWrongByteAfterItsSessionStillCounts() throws IOException {
    byte[] whole = logOf(2);
    for (int at = HEADER + RECORD + 8; at < whole.length; at += 5) {
      byte[] changed = whole.clone();
      changed[at] ^= 1;
      Files.write(file(), changed);
      assertThat(recordedOnce(at)).isEqualTo(List.of(true, true, false, false));
    }
  }

  @Test
  void aFileThatIsDamagedBeforeItsEndIsRefusedAndLeftAlone() throws IOException {
    byte[] whole = logOf(3);
    for (int at = HEADER; at < HEADER + 2 * RECORD; at += 7) {
      byte[] changed = whole.clone();
      changed[at] ^= 1;
      Files.write(file(), changed);
      assertThatThrownBy(() -> FileDecisionLog.open(directory))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("damaged at byte")
          .hasMessageContaining("restore it");
      assertThat(file()).hasBinaryContent(changed);
    }
  }

  @Test
  void anotherFileIsNotTakenForALog() throws IOException {
    Files.writeString(file(), "something else that is here");
    assertThatThrownBy(() -> FileDecisionLog.open(directory))
        .hasMessageContaining("is not a log of decisions");
    Files.writeString(file(), "COVEYDL2");
    assertThatThrownBy(() -> FileDecisionLog.open(directory))
        .hasMessageContaining("is not a log of decisions");
  }

  @Test
  void aSecondLogOnTheSameDirectoryIsRefusedAndTheFirstStaysLocked() throws IOException {
    try (DecisionLog first = FileDecisionLog.open(directory)) {
      Path detour = directory.resolve("..").resolve(directory.getFileName());
      assertThatThrownBy(() -> FileDecisionLog.open(detour))
          .hasMessageContaining("another agent uses");
      // The refusal must not have let go of the lock that other processes see.
      try (ChildLog child = ChildLog.start(directory)) {
        assertThat(child.nextLine()).isEqualTo(ChildLog.REFUSED);
      }
      assertThat(first.record(session(0), ROOT)).isTrue();
    }
    try (DecisionLog second = FileDecisionLog.open(directory)) {
      assertThat(second.record(session(0), ROOT)).isFalse();
    }
  }

  @Test
  void whatAKilledProcessWasPromisedStaysDecided() throws IOException {
    long promised = -1;
    try (ChildLog child = ChildLog.start(directory)) {
      assertThatThrownBy(
              () -> {
                // Held by the child from its first promise on.
                assertThat(child.nextLine()).isEqualTo("0");
                FileDecisionLog.open(directory).close();
              })
          .hasMessageContaining("another agent uses");
      for (int i = 0; i < 50; i++) {
        promised = Long.parseLong(child.nextLine());
      }
    }
    assertThat(promised).isEqualTo(50);
    try (DecisionLog log = FileDecisionLog.open(directory)) {
      for (long number = 0; number <= promised; number++) {
        assertThat(log.record(session(number), OTHER_ROOT)).isFalse();
      }
      assertThat(log.record(session(-7), ROOT)).isTrue();
    }
  }

  @Test
  void aFullDiskGivesNoAnswerAndTakesNoDecisionAway() throws IOException {
    int fitting = (1_024 - HEADER) / RECORD;
    try (ChildLog child = ChildLog.startWithLittleRoom(directory)) {
      for (int i = 0; i < fitting; i++) {
        assertThat(child.nextLine()).isEqualTo(Integer.toString(i));
      }
      assertThat(child.nextLine()).isEqualTo(ChildLog.NO_ANSWER);
    }
    assertThat(Files.size(file())).as("torn").isEqualTo(1_024);
    try (DecisionLog log = FileDecisionLog.open(directory)) {
      for (int i = 0; i <= fitting; i++) {
        assertThat(log.record(session(i), OTHER_ROOT)).isFalse();
      }
      assertThat(log.record(session(fitting + 1), ROOT)).isTrue();
    }
  }

  /** Fails as often as it is told to, as a full disk does. */
  private static final class FailingJournal implements FileDecisionLog.Journal {
    private int failures;
    private final List<Octets> written = new ArrayList<>();

    @Override
    public void append(byte[] decision) throws IOException {
      if (failures-- > 0) {
        throw new IOException("No space left on device");
      }
      written.add(Octets.copyOf(decision));
    }

    @Override
    public void close() {}
  }

  @Test
  void whatCannotBeWrittenIsNotAnsweredNeitherThenNorLater() {
    FailingJournal journal = new FailingJournal();
    try (DecisionLog log = new FileDecisionLog(new SessionSet(), journal)) {
      journal.failures = 1;
      assertThat(log.record(session(1), ROOT)).isFalse();
      assertThat(log.record(session(1), ROOT)).isFalse();
      assertThat(journal.written).isEmpty();
      assertThat(log.record(session(2), ROOT)).isTrue();
      assertThat(journal.written).containsExactly(Octets.ofHex(session(2).toHex() + ROOT.toHex()));
    }
  }

  @Test
  void aDirectoryThatCannotBeUsedRefusesEverySession() throws IOException {
    Path occupied = Files.writeString(directory.resolve("occupied"), "a file");
    assertThatThrownBy(() -> FileDecisionLog.open(occupied)).isInstanceOf(IOException.class);
    try (DecisionLog log = FileDecisionLog.openOrRefuseAll(occupied)) {
      assertThat(log.record(session(1), ROOT)).isFalse();
    }
    try (DecisionLog log = FileDecisionLog.openOrRefuseAll(directory)) {
      assertThat(log.record(session(1), ROOT)).isTrue();
    }
  }

  @Test
  void ofManyThreadsOneMayAnswer() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (DecisionLog log = FileDecisionLog.open(directory)) {
      for (int i = 0; i < 20; i++) {
        Octets session = session(i);
        Callable<Boolean> task = () -> log.record(session, ROOT);
        int answers = 0;
        for (Future<Boolean> answer : threads.invokeAll(Collections.nCopies(4, task))) {
          answers += answer.get() ? 1 : 0;
        }
        assertThat(answers).isEqualTo(1);
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void whatIsNoDigestIsACallersBug() throws IOException {
    try (DecisionLog log = FileDecisionLog.open(directory)) {
      assertThatThrownBy(() -> log.record(Octets.owning(new byte[16]), ROOT))
          .hasMessage("session of 16 bytes, expected 32");
      assertThatThrownBy(() -> log.record(session(1), Octets.owning(new byte[33])))
          .hasMessage("survivor root of 33 bytes, expected 32");
      assertThat(log.record(session(1), ROOT)).isTrue();
    }
  }
}
