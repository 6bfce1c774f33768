@NullMarked
package io.covey.edgeagent.serving;

import org.jspecify.annotations.NullMarked;
