@NullMarked
package io.covey.edgeagent.https;

import org.jspecify.annotations.NullMarked;
