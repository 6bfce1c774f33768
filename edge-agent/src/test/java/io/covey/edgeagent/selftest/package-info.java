@NullMarked
package io.covey.edgeagent.selftest;

import org.jspecify.annotations.NullMarked;
