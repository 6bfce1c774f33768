package io.covey.coordinator.app;

import io.covey.crypto.primitive.Octets;
import io.covey.crypto.release.DocumentHeader;
import io.covey.crypto.release.Role;
import io.covey.crypto.release.RoleKeys;
import io.covey.crypto.release.RootDocument;
import io.covey.protocols.id.FleetId;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A root while it is put together. Throws {@link IllegalArgumentException} where it cannot be. */
final class RootDraft {
  private static final int MOST_DAYS = 3650;

  private final DocumentHeader header;
  private final @Nullable RootDocument before;
  private final Map<Role, RoleKeys> roles = new EnumMap<>(Role.class);

  /**
   * @param before the root that it is to replace, whose keys it keeps where it is given none
   */
  RootDraft(FleetId fleet, @Nullable RootDocument before, Instant now, int days) {
    if (days < 1 || days > MOST_DAYS) {
      throw new IllegalArgumentException(days + " days, expected 1 to " + MOST_DAYS);
    }
    this.before = before;
    this.header =
        new DocumentHeader(
            fleet,
            before == null ? 1 : before.header().version() + 1,
            now.getEpochSecond(),
            now.plus(Duration.ofDays(days)).getEpochSecond());
  }

  /**
   * Gives a role its keys.
   *
   * @param publicKeys in hex; left out, those of the root before
   * @param threshold left out, that of the root before, or all of new keys
   */
  RootDraft keys(Role role, @Nullable List<String> publicKeys, @Nullable Integer threshold) {
    RoleKeys old = before == null ? null : before.keys(role);
    if (publicKeys != null) {
      List<Octets> keys = publicKeys.stream().map(Octets::ofHex).toList();
      roles.put(role, new RoleKeys(threshold == null ? keys.size() : threshold, keys));
    } else if (old != null) {
      roles.put(
          role, new RoleKeys(threshold == null ? old.threshold() : threshold, old.publicKeys()));
    } else {
      throw new IllegalArgumentException(
          "no keys of the role " + role.name().toLowerCase(Locale.ROOT));
    }
    return this;
  }

  RootDocument document() {
    return new RootDocument(header, roles);
  }
}
