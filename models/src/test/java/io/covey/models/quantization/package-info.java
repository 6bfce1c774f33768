/** Tests of baking and quantizing. */
@NullMarked
package io.covey.models.quantization;

import org.jspecify.annotations.NullMarked;
