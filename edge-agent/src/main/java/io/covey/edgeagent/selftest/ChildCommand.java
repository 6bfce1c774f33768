package io.covey.edgeagent.selftest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How a child is started: this process's own Java and class path, another main class.
 *
 * @param java an executable
 * @param classPath as {@code -cp} takes it
 * @param entry name of the class whose {@code main} is run
 * @param arguments for it; none but in tests
 */
record ChildCommand(Path java, String classPath, String entry, List<String> arguments) {
  private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");

  /** Where the child finds what this process found: its native libraries, its folders. */
  private static final List<String> INHERITED_PROPERTIES =
      List.of(
          "user.home",
          "java.io.tmpdir",
          "java.library.path",
          "org.bytedeco.javacpp.cachedir",
          "org.bytedeco.javacpp.platform");

  private static final List<String> JVM_FLAGS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:-UsePerfData",
          "-XX:+DisableAttachMechanism",
          "-XX:ReservedCodeCacheSize=32m",
          "-Xss512k",
          "-Xms8m",
          "-XX:+ExitOnOutOfMemoryError",
          // No file for a crash: its first lines go to the standard output all the same.
          "-XX:ErrorFile=/dev/null",
          "-Djava.awt.headless=true");

  ChildCommand {
    arguments = List.copyOf(arguments);
  }

  /** Of this process; empty when it does not know its Java or its class path. */
  static Optional<ChildCommand> ofThisProcess(String entry, List<String> arguments) {
    Path java = Path.of(System.getProperty("java.home", ""), "bin", "java");
    String classPath = System.getProperty("java.class.path", "");
    return Files.isExecutable(java) && !classPath.isBlank()
        ? Optional.of(new ChildCommand(java, classPath, entry, arguments))
        : Optional.empty();
  }

  /** Whether the child's native memory can be bounded here. */
  static boolean boundsNativeMemory() {
    return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("linux")
        && Files.isExecutable(PRLIMIT);
  }

  /**
   * The command line.
   *
   * @param modelBytes see {@link ChildLimits}
   */
  List<String> line(ChildLimits limits, long modelBytes) {
    List<String> line = new ArrayList<>();
    if (boundsNativeMemory()) {
      // It replaces itself by what it starts, so that the process to end is the JVM.
      line.add(PRLIMIT.toString());
      line.add("--data=" + limits.dataBytesFor(modelBytes));
      line.add("--core=0");
    }
    line.add(java.toString());
    line.addAll(JVM_FLAGS);
    long heapBytes = limits.heapBytesFor(modelBytes);
    line.add("-Xmx" + heapBytes);
    line.add("-XX:MaxDirectMemorySize=" + heapBytes);
    int version = Runtime.version().feature();
    if (version >= 22) {
      line.add("--enable-native-access=ALL-UNNAMED");
    }
    for (String property : INHERITED_PROPERTIES) {
      String value = System.getProperty(property);
      if (value != null) {
        line.add("-D" + property + "=" + value);
      }
    }
    line.add("-cp");
    line.add(classPath);
    line.add(entry);
    line.addAll(arguments);
    return line;
  }
}
