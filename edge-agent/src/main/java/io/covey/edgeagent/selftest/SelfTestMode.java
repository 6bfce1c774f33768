package io.covey.edgeagent.selftest;

/** Where versions are tested before they answer. */
public enum SelfTestMode {
  /** In a process of its own; in the agent's where none can be started. */
  CHILD_PROCESS,
  /** In the agent's process: a model that crashes native code ends the agent. */
  IN_PROCESS,
  /** Not at all. */
  OFF
}
