/**
 * Tests of the readers on files that NumPy wrote, on damaged ones, and on ones made up to be
 * hostile.
 */
@NullMarked
package io.covey.models.data;

import org.jspecify.annotations.NullMarked;
