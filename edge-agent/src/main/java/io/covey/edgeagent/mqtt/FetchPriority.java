package io.covey.edgeagent.mqtt;

/** What is fetched for what; the first goes first. */
public enum FetchPriority {
  /** What programs on the device wait for. */
  SERVING,
  /** What a round trains from. */
  TRAINING
}
