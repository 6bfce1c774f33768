/**
 * The admin API over HTTP: a thin adapter from {@code openapi.yaml} to {@link
 * io.covey.coordinator.training.AdminOperations}.
 *
 * <p>A request passes, in this order: {@code AccessLog}, {@code CallerCheck} (who may talk to a
 * loopback server), {@code Negotiation} (is there such an operation, and do the media types fit),
 * {@code BodyIntake} (the body, within its limits), the contract's validation, the handler.
 * Whatever goes wrong on the way ends in {@code ProblemResponder}. All of it runs on one event
 * loop; what could block runs on worker threads.
 */
@NullMarked
package io.covey.coordinator.http;

import org.jspecify.annotations.NullMarked;
