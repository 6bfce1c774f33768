/**
 * The shell around rounds: jobs that run one round after the other, and what they need from
 * outside.
 */
@NullMarked
package io.covey.coordinator.training;

import org.jspecify.annotations.NullMarked;
