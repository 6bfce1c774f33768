/**
 * Reads, checks, rewrites and writes {@code .tflite} files: the only place that knows the file
 * format's schema.
 *
 * <p>A file is read into a {@link io.covey.models.graph.ModelGraph}, an immutable value in which
 * tensors are numbers in their subgraph's list and constants are views of the file, not copies. A
 * {@link io.covey.models.graph.SubgraphBuilder} makes new graphs of it; tensors that share one
 * {@link io.covey.models.graph.Constant} are stored once, in however many subgraphs they stand.
 * What the schema of this version cannot hold is refused by name, so that reading and writing drops
 * nothing.
 */
@NullMarked
package io.covey.models.graph;

import org.jspecify.annotations.NullMarked;
