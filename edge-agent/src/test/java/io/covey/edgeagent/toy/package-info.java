/** A runtime in plain Java for tests: small enough to be checked by reading. */
@NullMarked
package io.covey.edgeagent.toy;

import org.jspecify.annotations.NullMarked;
