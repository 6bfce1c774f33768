@NullMarked
package io.covey.edgeagent.artifacts;

import org.jspecify.annotations.NullMarked;
