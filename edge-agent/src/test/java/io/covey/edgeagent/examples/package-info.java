@NullMarked
package io.covey.edgeagent.examples;

import org.jspecify.annotations.NullMarked;
