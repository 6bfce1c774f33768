/**
 * What coordinator and agents say to each other: records, and the codec between them and protobuf.
 */
@NullMarked
package io.covey.protocols.message;

import org.jspecify.annotations.NullMarked;
