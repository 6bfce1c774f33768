package io.covey.crypto.release;

import io.covey.crypto.primitive.Canonical;
import io.covey.crypto.primitive.Octets;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * Which keys the roles have (TUF 1.0, section 4.3). Each is signed by those of its predecessor and
 * by its own.
 *
 * @param roles keys of every role
 */
public record RootDocument(DocumentHeader header, Map<Role, RoleKeys> roles) {
  private static final String LABEL = "covey/v1/release-root";

  public RootDocument {
    roles = Collections.unmodifiableMap(new EnumMap<>(roles));
    if (roles.size() != Role.values().length) {
      throw new IllegalArgumentException(
          "keys of %d roles, expected %d".formatted(roles.size(), Role.values().length));
    }
  }

  public RoleKeys keys(Role role) {
    return Objects.requireNonNull(roles.get(role), "checked when made");
  }

  /** What is signed. */
  public Octets encode() {
    Canonical statement = header.appendTo(new Canonical(LABEL));
    for (Role role : Role.values()) {
      keys(role).appendTo(statement.number(role.code()));
    }
    return Octets.owning(statement.toBytes());
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws MalformedReleaseException for everything else
   */
  public static RootDocument decode(Octets encoded) throws MalformedReleaseException {
    return Fields.read(
        LABEL,
        encoded,
        fields -> {
          DocumentHeader header = DocumentHeader.read(fields);
          Map<Role, RoleKeys> roles = new EnumMap<>(Role.class);
          for (Role role : Role.values()) {
            fields.number(role.code(), role.code());
            roles.put(role, RoleKeys.read(fields));
          }
          return new RootDocument(header, roles);
        });
  }
}
