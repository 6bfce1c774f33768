package io.covey.coordinator.enrolment;

import io.covey.crypto.identity.x509.Membership;

/** What became of a request for certificates. */
public sealed interface Issued {

  /** They were issued. */
  record Granted(Membership membership) implements Issued {}

  /** They were not. */
  record Refused(Refusal reason) implements Issued {}
}
