@NullMarked
package io.covey.edgeagent.mqtt;

import org.jspecify.annotations.NullMarked;
