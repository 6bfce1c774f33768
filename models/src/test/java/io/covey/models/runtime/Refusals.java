package io.covey.models.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.models.graph.ModelException;
import io.covey.models.graph.ModelException.Reason;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Assertions on refused models and calls. */
final class Refusals {

  private Refusals() {}

  /** Asserts that {@code call} is refused for {@code reason}; its message can be asserted on. */
  static AbstractThrowableAssert<?, ?> assertRefused(Reason reason, ThrowingCallable call) {
    return assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ModelException.class, refusal -> assertThat(refusal.reason()).isEqualTo(reason));
  }

  /** Asserts that loading {@code file} is refused for {@code reason}. */
  static AbstractThrowableAssert<?, ?> assertNotLoaded(Reason reason, byte[] file) {
    return assertRefused(
        reason,
        () -> {
          try (LoadedModel model = ModelRuntime.tensorFlowLite().load(file)) {
            throw new AssertionError("was loaded: " + model.signatures());
          }
        });
  }
}
