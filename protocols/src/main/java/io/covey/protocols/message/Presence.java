package io.covey.protocols.message;

/** Birth of an agent, or its death as its will: topic {@code up/presence}, retained. */
public record Presence(boolean online, String softwareVersion) implements Message {
  public Presence {
    Limits.checkText("software version", softwareVersion, 0, Limits.TEXT_CHARACTERS);
  }
}
