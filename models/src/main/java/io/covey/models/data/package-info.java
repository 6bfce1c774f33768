/**
 * Reads the data that models are trained, calibrated and tested with: CSV, NumPy's {@code .npy} and
 * {@code .npz}, and raw float32.
 *
 * <p>{@link io.covey.models.data.DataFiles} turns a file into a {@link
 * io.covey.models.data.DataSet}: finite float features, row by row, and what is to be predicted
 * from them. {@link io.covey.models.data.Preprocessing} brings the features into the form that a
 * model takes. Whatever a file holds, the outcome is a data set or a {@link
 * io.covey.models.data.DataException}, after memory in proportion to the file and within {@link
 * io.covey.models.data.DataLimits}.
 */
@NullMarked
package io.covey.models.data;

import org.jspecify.annotations.NullMarked;
