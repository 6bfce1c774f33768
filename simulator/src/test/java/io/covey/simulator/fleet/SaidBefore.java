package io.covey.simulator.fleet;

import com.google.protobuf.ByteString;
import io.covey.protocols.transport.Publication;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All that ever reached the broker, for an attacker who owns it. */
final class SaidBefore {
  private final Map<String, List<ByteString>> said = new TreeMap<>();

  void observe(Publication publication) {
    said.computeIfAbsent(publication.topic(), topic -> new ArrayList<>())
        .add(publication.payload());
  }

  /** What was said on a topic, the oldest first. */
  List<ByteString> on(String topic) {
    return List.copyOf(said.getOrDefault(topic, List.of()));
  }

  /** What was said last on each topic that begins so. */
  Map<String, ByteString> lastBelow(String prefix) {
    Map<String, ByteString> last = new TreeMap<>();
    said.forEach(
        (topic, payloads) -> {
          if (topic.startsWith(prefix)) {
            last.put(topic, payloads.get(payloads.size() - 1));
          }
        });
    return last;
  }
}
