@NullMarked
package io.covey.edgeagent.app;

import org.jspecify.annotations.NullMarked;
