/** Tests of the runtime on real models, damaged ones, and ones made up to be hostile. */
@NullMarked
package io.covey.models.runtime;

import org.jspecify.annotations.NullMarked;
