/**
 * The coordinator's settings: one record for each section of its file, checked when they are made,
 * and turned here into what the other packages take.
 */
@NullMarked
package io.covey.coordinator.config;

import org.jspecify.annotations.NullMarked;
