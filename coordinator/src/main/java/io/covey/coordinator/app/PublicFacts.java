package io.covey.coordinator.app;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.covey.coordinator.enrolment.RootKeeping;
import io.covey.crypto.identity.Fingerprint;
import io.covey.crypto.identity.FleetTrust;
import io.covey.crypto.identity.x509.RootShare;
import io.covey.crypto.primitive.Octets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What the authority's commands print, in order: for people or as one JSON object. */
final class PublicFacts {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, String> facts = new LinkedHashMap<>();

  PublicFacts with(String name, Object value) {
    facts.put(name, value.toString());
    return this;
  }

  PublicFacts with(FleetTrust trust) {
    with("fleet", trust.fleet());
    withKey("authority", trust.authorityKey());
    return withKey("coordinator", trust.coordinatorKey());
  }

  PublicFacts with(RootShare share) {
    with("fleet", share.fleet());
    with("rootFingerprint", share.rootFingerprint());
    with("share", share.place());
    return with("threshold", "%d of %d".formatted(share.threshold(), share.shares()));
  }

  /** Where a new fleet's roots have gone. */
  PublicFacts with(RootKeeping roots) {
    if (roots instanceof RootKeeping.OneFile file) {
      return with("rootKeys", file.directory());
    }
    RootKeeping.Shared shared = (RootKeeping.Shared) roots;
    with("rootThreshold", "%d of %d".formatted(shared.threshold(), shared.directories().size()));
    return with("rootShares", shared.directories());
  }

  private PublicFacts withKey(String whose, Octets publicKey) {
    with(whose + "Fingerprint", Fingerprint.of(publicKey));
    return with(whose + "PublicKey", publicKey);
  }

  /** One line for each, the names in words. */
  String text() {
    return facts.entrySet().stream()
        .map(fact -> "%-23s %s%n".formatted(words(fact.getKey()), fact.getValue()))
        .collect(Collectors.joining());
  }

  private static String words(String name) {
    return name.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
  }

  /** One line. */
  String json() {
    try {
      return JSON.writeValueAsString(facts) + System.lineSeparator();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a map of strings has a form in JSON", e);
    }
  }
}
