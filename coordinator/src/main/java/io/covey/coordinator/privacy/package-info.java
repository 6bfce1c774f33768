/**
 * What rounds have cost a model in privacy, and the budget that bounds it ({@link
 * io.covey.crypto.privacy.accounting}).
 *
 * <p>An account is kept on disk. It is charged for a round before anybody is asked to unmask its
 * sum, so that no crash forgets a sum that may have been seen.
 */
@NullMarked
package io.covey.coordinator.privacy;

import org.jspecify.annotations.NullMarked;
