/**
 * How an agent becomes a member of a fleet, and remains one: enrolment with a join token, renewal
 * with the present certificates, both over HTTPS. Blocks; for the command and for a thread of its
 * own.
 */
@NullMarked
package io.covey.edgeagent.enrolment;

import org.jspecify.annotations.NullMarked;
