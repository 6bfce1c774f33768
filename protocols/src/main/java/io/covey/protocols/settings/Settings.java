package io.covey.protocols.settings;

/**
 * Settings in force.
 *
 * @param value the record
 * @param text the same as YAML: every key with its meaning, its value and where that came from,
 *     secrets redacted; for {@code --print-config}
 */
public record Settings<T extends Record>(T value, String text) {}
