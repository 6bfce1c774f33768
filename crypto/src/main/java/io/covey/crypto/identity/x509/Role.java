package io.covey.crypto.identity.x509;

import java.util.Locale;
import java.util.Optional;

/** What a certificate's owner may be in a fleet. */
public enum Role {
  AGENT(false),
  COORDINATOR(false),
  BROKER(true),
  /** The service that enrols agents. */
  ISSUER(true),
  /** Whoever serves the files of models over HTTPS. */
  DELIVERY(true);

  private final boolean server;

  Role(boolean server) {
    this.server = server;
  }

  /** Whether it is the server in TLS; the others are clients, and neither can be the other. */
  public boolean isServer() {
    return server;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Role> ofWord(String word) {
    for (Role role : values()) {
      if (role.word().equals(word)) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }
}
