package io.covey.edgeagent.artifacts;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;

/** Directories whose files are known by their names. */
final class Directories {
  private Directories() {}

  static boolean isDigest(String name) {
    return name.matches("[0-9a-f]{64}");
  }

  static long sizeOfFiles(Path directory, Predicate<String> counted) throws IOException {
    long total = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        if (counted.test(file.getFileName().toString())) {
          total += Files.size(file);
        }
      }
    }
    return total;
  }

  static void deleteUnless(Path directory, Predicate<String> kept) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        if (!kept.test(file.getFileName().toString())) {
          Files.deleteIfExists(file);
        }
      }
    }
  }
}
