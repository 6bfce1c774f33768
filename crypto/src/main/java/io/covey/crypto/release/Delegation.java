package io.covey.crypto.release;

import io.covey.crypto.primitive.Canonical;
import io.covey.protocols.id.ModelName;

/**
 * Leaves the releases of a family of models to other keys, and to no others: a terminating
 * delegation (TUF 1.0, section 4.5).
 *
 * @param family the model of this name and all whose names go on with a hyphen: "digits" has
 *     "digits" and "digits-small", not "digitsmall". Also the name of the targets document
 */
public record Delegation(ModelName family, RoleKeys keys) {
  public Delegation {
    TargetsDocument.checkName(family.value());
    if (family.value().equals(TargetsDocument.TOP)) {
      throw new IllegalArgumentException(
          "family " + family + " has the name of the document that delegates");
    }
  }

  boolean covers(ModelName model) {
    return model.equals(family) || model.value().startsWith(family.value() + "-");
  }

  Canonical appendTo(Canonical statement) {
    return keys.appendTo(statement.text(family.value()));
  }

  static Delegation read(Fields fields) throws MalformedReleaseException {
    return new Delegation(new ModelName(fields.text()), RoleKeys.read(fields));
  }
}
