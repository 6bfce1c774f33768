/**
 * What a version of a model is tried on before it serves: sample inputs ({@link
 * io.covey.models.samples.DrawnInputs}), what the model has to answer to them, the file that holds
 * either ({@link io.covey.models.samples.SampleFile}), and when two answers are the same ({@link
 * io.covey.models.samples.ExpectedOutputs}).
 */
@NullMarked
package io.covey.models.samples;

import org.jspecify.annotations.NullMarked;
