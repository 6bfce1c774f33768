/** Tests of samples. */
@NullMarked
package io.covey.models.samples;

import org.jspecify.annotations.NullMarked;
