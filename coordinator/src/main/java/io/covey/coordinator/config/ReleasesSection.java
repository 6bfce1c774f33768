package io.covey.coordinator.config;

import io.covey.coordinator.release.Lifetimes;
import io.covey.protocols.settings.Setting;
import java.time.Duration;

/** The section {@code releases}. */
public record ReleasesSection(
    @Setting(
            help =
                "How long agents believe that they have the newest: without another timestamp in"
                    + " that time they take nothing new. At least three times renewal.",
            preset = "1d",
            min = "3s",
            max = "30d")
        Duration timestamp,
    @Setting(help = "How often a new timestamp is signed.", preset = "6h", min = "1s", max = "10d")
        Duration renewal,
    @Setting(
            help = "How long the other documents hold; they are signed anew after half of it.",
            preset = "90d",
            min = "1m",
            max = "3650d")
        Duration documents) {

  public ReleasesSection {
    // Refused here, with the section's name, and not when the first document is made.
    new Lifetimes(timestamp, documents, renewal);
  }

  Lifetimes lifetimes() {
    return new Lifetimes(timestamp, documents, renewal);
  }
}
