/** Tests of differences between files that are served. */
@NullMarked
package io.covey.models.difference;

import org.jspecify.annotations.NullMarked;
