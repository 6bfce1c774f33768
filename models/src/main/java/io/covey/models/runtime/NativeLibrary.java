package io.covey.models.runtime;

import io.covey.models.graph.ModelException;
import org.bytedeco.tensorflowlite.BuiltinOpResolver;
import org.bytedeco.tensorflowlite.BuiltinOpResolverWithoutDefaultDelegates;

/**
 * Loads the native library, once, when the first model is loaded.
 *
 * <p>Thread rule: safe for use by any number of threads.
 */
final class NativeLibrary {

  private final BuiltinOpResolver accelerated;
  private final BuiltinOpResolverWithoutDefaultDelegates plain;

  private NativeLibrary() {
    accelerated = new BuiltinOpResolver();
    plain = new BuiltinOpResolverWithoutDefaultDelegates();
  }

  /**
   * The library.
   *
   * @throws ModelException when there is none for this machine
   */
  static NativeLibrary load() {
    try {
      return Holder.LIBRARY;
    } catch (LinkageError e) {
      throw new ModelException(
          ModelException.Reason.NATIVE_LIBRARY_MISSING,
          "the TensorFlow Lite library could not be loaded on "
              + System.getProperty("os.name")
              + " "
              + System.getProperty("os.arch")
              + "; it comes for Linux x86-64 and arm64 and for macOS arm64, and unpacks itself to"
              + " ~/.javacpp, which must be writable",
          e);
    }
  }

  /** The operators with XNNPACK where it helps. */
  BuiltinOpResolver accelerated() {
    return accelerated;
  }

  /** The operators without XNNPACK. */
  BuiltinOpResolver plain() {
    return plain;
  }

  private static final class Holder {

    static {
      // JavaCPP bounds native memory by the Java heap's size and then calls the garbage collector
      // in a loop; models have limits of their own.
      setUnlessGiven("org.bytedeco.javacpp.maxbytes", "0");
      setUnlessGiven("org.bytedeco.javacpp.maxphysicalbytes", "0");
    }

    static final NativeLibrary LIBRARY = new NativeLibrary();

    private static void setUnlessGiven(String property, String value) {
      if (System.getProperty(property) == null) {
        System.setProperty(property, value);
      }
    }
  }
}
