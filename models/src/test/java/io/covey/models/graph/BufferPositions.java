package io.covey.models.graph;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.lite.schema.Model;

/** Where the values of a file's buffers begin. */
final class BufferPositions {

  private BufferPositions() {}

  static List<Integer> of(byte[] file) {
    Model model = Model.getRootAsModel(ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN));
    List<Integer> positions = new ArrayList<>();
    for (int i = 0; i < model.buffersLength(); i++) {
      if (model.buffers(i).dataLength() > 0) {
        positions.add(model.buffers(i).dataAsByteBuffer().position());
      }
    }
    return positions;
  }
}
