@NullMarked
package io.covey.edgeagent.session;

import org.jspecify.annotations.NullMarked;
