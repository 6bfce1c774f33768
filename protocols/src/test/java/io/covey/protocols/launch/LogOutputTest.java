package io.covey.protocols.launch;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

@ResourceLock(Resources.SYSTEM_ERR)
class LogOutputTest {
  private final PrintStream before = System.err;
  private final ByteArrayOutputStream captured = new ByteArrayOutputStream();

  @BeforeEach
  void capture() {
    System.setErr(new PrintStream(captured, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void restore() {
    System.setErr(before);
    SLF4JBridgeHandler.uninstall();
    LogOutput.begin(LogFormat.TEXT, LogLevel.INFO);
    SLF4JBridgeHandler.uninstall();
  }

  private String written() {
    return captured.toString(StandardCharsets.UTF_8);
  }

  @Test
  void coveyIsHeardAndLibrariesOnlyWhenTheyWarn() {
    LogOutput.begin(LogFormat.TEXT, LogLevel.INFO);
    LoggerFactory.getLogger("io.covey.a.Speaker").info("ours");
    LoggerFactory.getLogger("io.covey.a.Speaker").debug("too fine");
    LoggerFactory.getLogger("io.netty.Thing").info("theirs");
    LoggerFactory.getLogger("io.netty.Thing").warn("careful");

    assertThat(written())
        .containsPattern("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO {2}Speaker: ours\n")
        .contains("WARN  Thing: careful\n")
        .doesNotContain("theirs", "too fine");
  }

  @Test
  void javaUtilLoggingTakesTheSameWay() {
    LogOutput.begin(LogFormat.TEXT, LogLevel.INFO);
    java.util.logging.Logger.getLogger("io.covey.embedded.Part").warning("from a part");

    assertThat(written()).contains("WARN  Part: from a part\n");
  }

  @Test
  void jsonIsOneObjectALine() {
    LogOutput.begin(LogFormat.JSON, LogLevel.DEBUG);
    LoggerFactory.getLogger("io.covey.a.Speaker").debug("said \"{}\"", "a\nb");

    assertThat(written().lines())
        .singleElement()
        .asString()
        .startsWith("{")
        .endsWith("}")
        .contains("\"level\":\"DEBUG\"", "\"loggerName\":\"io.covey.a.Speaker\"")
        .contains("said \\\"a\\nb\\\"");
  }

  @Test
  void textFromAPeerCannotForgeALineOrSteerTheTerminal() {
    ReadableLayout layout = new ReadableLayout(ZoneOffset.UTC);
    Logger logger = new LoggerContext().getLogger("io.covey.Shell");
    LoggingEvent event =
        new LoggingEvent(
            "x", logger, Level.WARN, "bad\n12:00:00.000 ERROR forged\u001b[2J\u0085", null, null);
    event.setTimeStamp(1_000);

    assertThat(layout.doLayout(event))
        .isEqualTo(
            "00:00:01.000 WARN  Shell: bad\\u000a12:00:00.000 ERROR forged\\u001b[2J\\u0085\n");
  }

  @Test
  void aStackTraceFollowsItsEvent() {
    LogOutput.begin(LogFormat.TEXT, LogLevel.INFO);
    LoggerFactory.getLogger("io.covey.Shell").error("failed", new IllegalStateException("why"));

    assertThat(written())
        .contains("ERROR Shell: failed\n", "IllegalStateException: why\n")
        .contains("LogOutputTest.aStackTraceFollowsItsEvent");
  }
}
