package io.covey.coordinator.workbench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** Prints what a command found: lines for people, or one line of JSON. */
final class Output {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final PrintWriter out;
  private final boolean asJson;

  private Output(PrintWriter out, boolean asJson) {
    this.out = out;
    this.asJson = asJson;
  }

  static Output of(@Nullable CommandSpec spec, boolean asJson) {
    if (spec == null) {
      throw new IllegalStateException("picocli sets the specification");
    }
    return new Output(spec.commandLine().getOut(), asJson);
  }

  /** Prints either. */
  void print(List<String> lines, Map<String, ?> json) {
    if (asJson) {
      out.println(text(json));
    } else {
      lines.forEach(out::println);
    }
    out.flush();
  }

  /** Prints a line of progress, which JSON has no place for. */
  void progress(String line) {
    if (!asJson) {
      out.println(line);
      out.flush();
    }
  }

  private static String text(Map<String, ?> json) {
    try {
      return JSON.writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("plain values are written", e);
    }
  }
}
