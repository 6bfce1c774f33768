/**
 * What a training step costs: {@code covey bench training} derives a trainable model from a plain
 * one and takes the time of its steps on one thread. {@code benchmarks/compare/training} runs
 * TensorFlow beside it.
 */
@NullMarked
package io.covey.benchmarks.training;

import org.jspecify.annotations.NullMarked;
