/** Tests of reading, checking, rewriting and writing files. */
@NullMarked
package io.covey.models.graph;

import org.jspecify.annotations.NullMarked;
