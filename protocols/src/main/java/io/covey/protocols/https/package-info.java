/** What clients over HTTPS have in common. */
@NullMarked
package io.covey.protocols.https;

import org.jspecify.annotations.NullMarked;
