package io.covey.architecture.planted.models.runtime;

import io.covey.architecture.planted.benchmarks.Kernel;

/** Planted: breaks a rule on purpose. */
public final class CoreThatSeesBenchmarks {
  public boolean see(Kernel kernel) {
    return equals(kernel);
  }
}
