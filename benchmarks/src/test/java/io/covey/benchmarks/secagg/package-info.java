@NullMarked
package io.covey.benchmarks.secagg;

import org.jspecify.annotations.NullMarked;
