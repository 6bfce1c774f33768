/**
 * What the coordinator keeps: its records in a database (H2 in a file, or PostgreSQL, by the same
 * SQL) and its artifacts in files that are named by their content. This package is the only home of
 * JDBC.
 */
@NullMarked
package io.covey.coordinator.store;

import org.jspecify.annotations.NullMarked;
