package io.covey.architecture.planted.edgeagent.config;

import io.covey.protocols.settings.SettingsLoader;
import io.covey.protocols.settings.Sources;

/** Configuration read where it may be; the rules must leave it alone. */
public final class MayReadConfiguration {
  record Nothing() {}

  public Object load() {
    return SettingsLoader.load(Nothing.class, Sources.ofProcess());
  }
}
