/**
 * Runs TensorFlow Lite models on the JVM: the only place that touches the native library.
 *
 * <p>{@link io.covey.models.runtime.ModelRuntime} checks a file and makes a {@link
 * io.covey.models.runtime.LoadedModel}, which opens any number of sessions over one native copy of
 * the weights. A file passes three gates before native code runs it: limits and a reading in Java
 * that refuses what cannot be run and every inconsistency that the native runtime is not known to
 * survive; the native verifier; and the native builder.
 *
 * <p>Two conventions of trainable models are known. Covey's: {@code train(x, y, learning_rate) ->
 * loss}, {@code infer(x) -> logits}, {@code evaluate(x, y) -> loss_sum, correct, count}, {@code
 * parameters() -> w00..}, {@code restore(w00..) -> ok}. Flower's for Android: {@code train(x, y) ->
 * loss}, {@code infer(x) -> logits}, {@code parameters() -> a0..}, {@code restore(a0..) -> a0..}.
 * Parameters follow the number in their names, so that {@code a10} comes after {@code a9}.
 */
@NullMarked
package io.covey.models.runtime;

import org.jspecify.annotations.NullMarked;
