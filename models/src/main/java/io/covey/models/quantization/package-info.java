/** Makes graphs to serve: trained values into the plain graph, and the plain graph smaller. */
@NullMarked
package io.covey.models.quantization;

import org.jspecify.annotations.NullMarked;
