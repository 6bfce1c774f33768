package io.covey.protocols.message;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.covey.protocols.message.DecodeException.Kind;
import io.covey.protocols.time.VirtualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class RefusedMessagesTest {
  private final VirtualTime time = new VirtualTime(Instant.EPOCH);
  private final RefusedMessages refused = new RefusedMessages(time);
  private final Logger logger = (Logger) LoggerFactory.getLogger(RefusedMessages.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void listen() {
    log.start();
    logger.addAppender(log);
    logger.setAdditive(false);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(log);
    logger.setAdditive(true);
  }

  @Test
  void everyRefusalIsCountedByItsKind() {
    add(Kind.MALFORMED, 3);
    add(Kind.TOO_LARGE, 1);
    assertThat(refused.count(Kind.MALFORMED)).isEqualTo(3);
    assertThat(refused.count(Kind.TOO_LARGE)).isEqualTo(1);
    assertThat(refused.count(Kind.MISSING_BODY)).isZero();
    assertThat(refused.total()).isEqualTo(4);
  }

  @Test
  void eachKindIsLoggedOnceAMinuteWithWhatCameInBetween() {
    add(Kind.MALFORMED, 1000);
    add(Kind.TOO_LARGE, 10);
    assertThat(lines()).hasSize(2);
    time.runFor(Duration.ofSeconds(59));
    add(Kind.MALFORMED, 1);
    assertThat(lines()).hasSize(2);
    time.runFor(Duration.ofSeconds(1));
    add(Kind.MALFORMED, 1);
    assertThat(lines()).hasSize(3);
    assertThat(lines().get(2)).contains("1001 of this kind").contains("MALFORMED");
  }

  @Test
  void hostileTopicStaysOnOneLine() {
    refused.add(
        "a\r\nERROR forged \u001b[31m" + "x".repeat(10_000),
        new DecodeException(Kind.MALFORMED, "bad"));
    assertThat(lines().get(0))
        .doesNotContain("\n")
        .doesNotContain("\r")
        .doesNotContain("\u001b")
        .hasSizeLessThan(600);
  }

  private void add(Kind kind, int times) {
    for (int i = 0; i < times; i++) {
      refused.add("some/topic", new DecodeException(kind, "refused in a test"));
    }
  }

  private List<String> lines() {
    return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
