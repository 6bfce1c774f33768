@NullMarked
package io.covey.edgeagent.training;

import org.jspecify.annotations.NullMarked;
