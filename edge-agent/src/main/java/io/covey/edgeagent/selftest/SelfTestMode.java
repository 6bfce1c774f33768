package io.covey.edgeagent.selftest;

/** Where versions are tested before they answer. */
public enum SelfTestMode {
  /** In a process of its own; where none can be started, versions are refused. */
  CHILD_PROCESS,
  /** In the agent's process: a model that crashes native code ends the agent. */
  IN_PROCESS,
  /** Not at all. */
  OFF
}
