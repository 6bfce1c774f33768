package io.covey.architecture.planted.coordinator.training;

import io.covey.protocols.settings.SettingsLoader;
import io.covey.protocols.settings.Sources;

/** Planted: breaks a rule on purpose. */
public final class ReadsConfiguration {
  record Nothing() {}

  Object loadsSettings() {
    return SettingsLoader.load(Nothing.class, Sources.none());
  }

  String readsVariable() {
    return String.valueOf(System.getenv("HOME"));
  }

  int readsAllVariables() {
    return System.getenv().size();
  }
}
