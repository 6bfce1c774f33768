package io.covey.benchmarks.delivery;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.covey.models.difference.FileDifference;
import io.covey.protocols.launch.CommandFailedException;
import io.covey.protocols.launch.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.zip.Deflater;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says what differences between consecutive versions of a file come to. */
@Command(
    name = "difference",
    description = {
      "Measure differences: each file against the one before it, as a coordinator would send it to"
          + " devices that hold that one. Prints the bytes of the file, of the file deflated, and"
          + " of the difference."
    },
    footer = {
      "%nExamples:",
      "  covey bench difference version-1.tflite version-2.tflite version-3.tflite",
      "  covey bench difference --json version-*.tflite"
    })
public final class DifferenceCommand implements Callable<Integer> {
  @Parameters(arity = "2..*", paramLabel = "FILE", description = "Versions, the oldest first.")
  private List<Path> files = List.of();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  /** What one version costs on its way. */
  private record Line(
      Path file, int bytes, int deflated, Optional<Integer> difference, long nanos) {
    String text() {
      return "%s: %d bytes, deflated %d, difference %s"
          .formatted(file, bytes, deflated, difference.map(this::part).orElse("none"));
    }

    private String part(int length) {
      return String.format(
          Locale.ROOT,
          "%d (%.3f of the file, %.0f ms)",
          length,
          (double) length / bytes,
          nanos / 1e6);
    }

    ObjectNode json() {
      ObjectNode node =
          JsonNodeFactory.instance
              .objectNode()
              .put("file", file.toString())
              .put("bytes", bytes)
              .put("deflatedBytes", deflated);
      difference.ifPresent(length -> node.put("differenceBytes", length).put("nanos", nanos));
      return node;
    }
  }

  @Override
  public Integer call() {
    byte[] before = read(files.get(0));
    ArrayNode lines = JsonNodeFactory.instance.arrayNode();
    for (Path path : files.subList(1, files.size())) {
      byte[] file = read(path);
      long start = System.nanoTime();
      Optional<byte[]> difference = FileDifference.between(before, file);
      long nanos = System.nanoTime() - start;
      Line line =
          new Line(path, file.length, deflated(file), difference.map(bytes -> bytes.length), nanos);
      lines.add(line.json());
      if (!json) {
        System.out.println(line.text());
      }
      before = file;
    }
    if (json) {
      ObjectNode result = JsonNodeFactory.instance.objectNode().put("name", "difference");
      result.set("versions", lines);
      System.out.println(result);
    }
    return ExitCode.DONE.code();
  }

  private static int deflated(byte[] file) {
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    try {
      deflater.setInput(file);
      deflater.finish();
      byte[] piece = new byte[1 << 15];
      int length = 0;
      while (!deflater.finished()) {
        length += deflater.deflate(piece);
      }
      return length;
    } finally {
      deflater.end();
    }
  }

  private static byte[] read(Path path) {
    try {
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw CommandFailedException.usage(
              "cannot read " + path, "give the paths of a model's versions, the oldest first")
          .causedBy(e);
    }
  }
}
