package io.covey.edgeagent.selftest;

import io.covey.edgeagent.selftest.SelfTestResult.Failed;
import io.covey.edgeagent.selftest.SelfTestResult.Reason;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A child that takes its request as the real one does, and then does what its argument says. */
public final class MisbehavingChild {
  private static final int MANY = 1 << 20;
  private static final int BLOCK = 16 << 20;
  private static final long ENOUGH_BYTES = 1L << 30;

  private MisbehavingChild() {}

  public static void main(String[] args) throws Exception {
    if (args[0].equals("never-ready")) {
      System.out.println("no room for this JVM");
      System.exit(1);
    }
    System.out.println(ChildAnswer.READY);
    InputStream in = new BufferedInputStream(System.in);
    ChildRequest request = ChildRequest.read(new DataInputStream(in));
    SelfTestChild.watch(in, request.timeoutMillis());
    switch (args[0]) {
      case "abort" -> abort();
      case "segfault" -> unsafe("putAddress", 0L, 0L);
      case "exit" -> System.exit(0);
      case "exit-7" -> System.exit(7);
      case "loop" -> loop();
      case "fill-the-heap" -> fillTheHeap();
      case "fill-direct-memory" -> fillDirectMemory();
      case "fill-native-memory" -> fillNativeMemory(request);
      case "talk" -> talk();
      case "forge" -> System.out.println("nonce passed 1 " + "0".repeat(64));
      case "environment" -> answer(request, System.getenv().keySet().toString());
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private static void answer(ChildRequest request, String detail) {
    System.out.println(
        ChildAnswer.line(request.nonce(), new Failed(Reason.REFUSED, "it has " + detail)));
    System.exit(0);
  }

  private static void abort() throws Exception {
    // The JVM does not handle this one, as it does not when a native library calls abort().
    String self = String.valueOf(ProcessHandle.current().pid());
    new ProcessBuilder("/bin/kill", "-ABRT", self).start().waitFor();
    loop();
  }

  private static void loop() {
    long turns = 0;
    while (turns >= 0) {
      turns = (turns + 1) & Long.MAX_VALUE;
    }
  }

  private static void fillTheHeap() {
    List<byte[]> blocks = new ArrayList<>();
    for (int taken = 0; taken < MANY; taken++) {
      blocks.add(new byte[1 << 20]);
    }
    System.out.println(blocks.size() + " MiB of heap");
  }

  private static void fillDirectMemory() {
    List<ByteBuffer> blocks = new ArrayList<>();
    for (int taken = 0; taken < MANY; taken++) {
      blocks.add(ByteBuffer.allocateDirect(1 << 20));
    }
    System.out.println(blocks.size() + " MiB of direct memory");
  }

  private static void fillNativeMemory(ChildRequest request) throws Exception {
    for (long taken = 0; taken < ENOUGH_BYTES; taken += BLOCK) {
      long address = (long) unsafe("allocateMemory", (long) BLOCK);
      unsafe("setMemory", address, (long) BLOCK, (byte) 1);
    }
    answer(request, ENOUGH_BYTES + " bytes");
  }

  private static void talk() {
    while (!System.out.checkError()) {
      System.out.println("megabytes of output, and no end to it");
    }
  }

  /** By reflection: the compiler warns of every other use. */
  private static Object unsafe(String name, Object... arguments) throws Exception {
    Class<?> type = Class.forName("sun.misc.Unsafe");
    Field field = type.getDeclaredField("theUnsafe");
    field.setAccessible(true);
    Class<?>[] types = new Class<?>[arguments.length];
    for (int i = 0; i < types.length; i++) {
      types[i] = arguments[i] instanceof Byte ? byte.class : long.class;
    }
    Method method = type.getMethod(name, types);
    Object result = method.invoke(field.get(null), arguments);
    return result == null ? 0L : result;
  }
}
