/**
 * The agent put together: {@link io.covey.edgeagent.app.EdgeAgent} is what a program embeds, {@code
 * AgentCore} the shell around the state machines of {@code edgeagent.session}, {@code AgentCommand}
 * the process.
 */
@NullMarked
package io.covey.edgeagent.app;

import org.jspecify.annotations.NullMarked;
