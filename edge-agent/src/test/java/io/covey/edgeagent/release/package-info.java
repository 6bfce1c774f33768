@NullMarked
package io.covey.edgeagent.release;

import org.jspecify.annotations.NullMarked;
