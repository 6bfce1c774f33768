/** Results for people at a terminal and for programs. */
@NullMarked
package io.covey.simulator.report;

import org.jspecify.annotations.NullMarked;
