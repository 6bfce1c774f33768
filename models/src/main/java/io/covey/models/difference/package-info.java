/**
 * The difference between two versions of a file that is served, on its way to devices that hold the
 * first. The versions of a model differ in their numbers, not in their structure, so that both have
 * one length and whatever is at a place was there before. Pure: no clocks, threads or randomness.
 */
@NullMarked
package io.covey.models.difference;

import org.jspecify.annotations.NullMarked;
