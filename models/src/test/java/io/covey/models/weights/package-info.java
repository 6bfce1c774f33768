@NullMarked
package io.covey.models.weights;

import org.jspecify.annotations.NullMarked;
