/**
 * The issuing service: takes requests for certificates over HTTPS, from devices with a join token
 * and from agents that renew. Needs the authority's key and nothing of the coordinator; it may run
 * in another process, on another machine.
 */
@NullMarked
package io.covey.coordinator.enrolment;

import org.jspecify.annotations.NullMarked;
