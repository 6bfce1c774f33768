/**
 * The self-test of a version before it answers anybody: the model is loaded and run on sample
 * inputs, in a child process where one can be started, so that a model that crashes native code
 * does not take the agent with it ({@link io.covey.edgeagent.selftest.SelfTests}).
 *
 * <p>What bounds the child ({@link io.covey.edgeagent.selftest.ChildLimits}), and where:
 *
 * <table>
 * <caption>Bounds</caption>
 * <tr><th>bound</th><th>how</th><th>where</th></tr>
 * <tr><td>time</td><td>the agent kills it, and it ends itself</td><td>everywhere</td></tr>
 * <tr><td>Java heap, direct buffers</td><td>{@code -Xmx}, {@code -XX:MaxDirectMemorySize}</td>
 *     <td>everywhere</td></tr>
 * <tr><td>native memory, core dumps</td><td>{@code RLIMIT_DATA}, {@code RLIMIT_CORE} by {@code
 *     prlimit} of util-linux</td><td>Linux since 4.7, where {@code /usr/bin/prlimit} is</td></tr>
 * <tr><td>output</td><td>the agent reads so much, then kills it</td><td>everywhere</td></tr>
 * <tr><td>what it inherits</td><td>an empty environment; no file but the three streams</td>
 *     <td>everywhere</td></tr>
 * </table>
 *
 * <p>The child is no sandbox: it runs as the agent's user. A model that takes over native code can
 * do there what that user may, also say that it passed. What stands against that is who may release
 * models, and the checks of the file before the runtime sees it.
 */
@NullMarked
package io.covey.edgeagent.selftest;

import org.jspecify.annotations.NullMarked;
