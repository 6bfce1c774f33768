/**
 * Sealed models on the device: what lies in the cache is encrypted, and is opened into memory when
 * a version is loaded. Keys are kept wrapped, on the disk as in memory, and opened when they are
 * used.
 */
@NullMarked
package io.covey.edgeagent.sealing;

import org.jspecify.annotations.NullMarked;
