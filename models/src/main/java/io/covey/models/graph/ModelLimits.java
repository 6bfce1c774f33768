package io.covey.models.graph;

/**
 * How large a model may be before it is refused as {@link ModelException.Reason#TOO_LARGE}.
 *
 * @param fileBytes the file
 * @param tensorBytes any one tensor, as the file's shapes or a call's batch size have it
 * @param arenaBytes all tensors that are alive at the same time while a graph runs, without its
 *     constants
 * @param nodes all tensors and operators of all subgraphs
 */
public record ModelLimits(long fileBytes, long tensorBytes, long arenaBytes, int nodes) {

  /**
   * 512 MiB a file, 512 MiB a tensor, 1 GiB of them at a time, 200,000 nodes: far above what a
   * device serves, and below what would exhaust it.
   */
  public static final ModelLimits DEFAULT =
      new ModelLimits(512L << 20, 512L << 20, 1L << 30, 200_000);

  /** Checks that each limit is positive and that buffers of these sizes can exist. */
  public ModelLimits {
    if (fileBytes < 1 || fileBytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "fileBytes " + fileBytes + " is not in 1.." + Integer.MAX_VALUE);
    }
    if (tensorBytes < 1 || tensorBytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "tensorBytes " + tensorBytes + " is not in 1.." + Integer.MAX_VALUE);
    }
    if (arenaBytes < 1) {
      throw new IllegalArgumentException("arenaBytes " + arenaBytes + " is not positive");
    }
    if (nodes < 1) {
      throw new IllegalArgumentException("nodes " + nodes + " is not positive");
    }
  }
}
