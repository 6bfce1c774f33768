/**
 * Convolutions as matrix products over images that lie channel by channel.
 *
 * <p>XNNPACK takes no convolution whose filter is computed, as a variable's value is, and the
 * runtime's own kernels are several times slower. As {@code [channels, batch, height, width]},
 * though, the elements that a filter's element meets are long runs of memory, so that gathering
 * them (im2col; Chellapilla, Puri and Simard, "High Performance Convolutional Neural Networks for
 * Document Processing", section 3) costs little, and convolution, its gradient for the filter and
 * for the image are matrix products without a transposition, which XNNPACK takes.
 */
@NullMarked
package io.covey.models.training.channelfirst;

import org.jspecify.annotations.NullMarked;
