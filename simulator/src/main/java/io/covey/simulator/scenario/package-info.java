/**
 * What a simulation is about: settings records, read from a YAML file by {@link
 * io.covey.protocols.settings.SettingsLoader} and checked whole before anything runs. {@code
 * examples/scenario.yaml} explains every key.
 */
@NullMarked
package io.covey.simulator.scenario;

import org.jspecify.annotations.NullMarked;
