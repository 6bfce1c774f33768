/** What a person can set about an agent process, with its defaults. */
@NullMarked
package io.covey.edgeagent.config;

import org.jspecify.annotations.NullMarked;
