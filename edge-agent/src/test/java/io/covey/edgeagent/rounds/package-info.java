@NullMarked
package io.covey.edgeagent.rounds;

import org.jspecify.annotations.NullMarked;
