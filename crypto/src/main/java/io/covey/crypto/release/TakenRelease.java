package io.covey.crypto.release;

import io.covey.crypto.primitive.Canonical;
import io.covey.protocols.id.ModelName;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The release of a model that a device took last. It holds back lower counters as long as its
 * signers could still sign: once their keys are replaced, whoever had stolen them must not have
 * been able to set a counter that nobody can exceed (fast-forward; TUF 1.0, section 5.3.11).
 *
 * @param counter 1 or more
 * @param signers whose signatures the release rested on
 */
record TakenRelease(ModelName model, long counter, SortedSet<KeyId> signers) {
  TakenRelease {
    if (counter < 1) {
      throw new IllegalArgumentException("counter " + counter + " is below 1");
    }
    signers = Collections.unmodifiableSortedSet(new TreeSet<>(signers));
  }

  boolean bindsThoseWith(RoleKeys keys) {
    return keys.isReachedBy(signers);
  }

  Canonical appendTo(Canonical statement) {
    statement.text(model.value()).number(counter).number(signers.size());
    signers.forEach(signer -> statement.text(signer.digest().hex()));
    return statement;
  }

  static TakenRelease read(Fields fields) throws MalformedReleaseException {
    return new TakenRelease(
        new ModelName(fields.text()),
        fields.number(),
        new TreeSet<>(fields.list(RoleKeys.MOST_KEYS, signer -> new KeyId(signer.digest()))));
  }
}
