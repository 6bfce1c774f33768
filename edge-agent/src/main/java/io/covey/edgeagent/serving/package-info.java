/**
 * Local inference: the models that answer requests ({@link
 * io.covey.edgeagent.serving.ServingModels}), and the Open Inference Protocol v2 over HTTP in front
 * of them ({@link io.covey.edgeagent.serving.InferenceServer}).
 */
@NullMarked
package io.covey.edgeagent.serving;

import org.jspecify.annotations.NullMarked;
