/**
 * Signed releases on the device's side (ADR 25): documents come in, what is trusted is kept on the
 * disk, and versions are taken only when what is trusted offers them. {@code
 * io.covey.crypto.release} has the rules.
 */
@NullMarked
package io.covey.edgeagent.release;

import org.jspecify.annotations.NullMarked;
