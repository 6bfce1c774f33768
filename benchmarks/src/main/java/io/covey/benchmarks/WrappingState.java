package io.covey.benchmarks;

import io.covey.crypto.envelope.ContentBinding;
import io.covey.crypto.envelope.ContentKey;
import io.covey.crypto.envelope.KeyWrapping;
import io.covey.crypto.envelope.KeyWrapping.Recipient;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.AesGcm;
import io.covey.crypto.primitive.Kem;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.crypto.primitive.bc.XWing;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Devices, more than the caches hold of anything that is theirs, and a key to wrap for them. */
@State(Scope.Thread)
public class WrappingState {
  private static final int DEVICES = 1000;

  final RandomWords random = AesCtrRandomWords.fromSystemRandomness();
  final KeyWrapping wrapping = new KeyWrapping(new XWing(), new AesGcm());
  final ContentKey key = ContentKey.generate(random);
  final ContentBinding binding =
      new ContentBinding(
          new FleetId("fleet"),
          new ModelName("model"),
          new ModelVersion(1),
          Sha256.of(new byte[1]));

  private final List<Recipient> devices = new ArrayList<>();
  private int next;

  /** Makes the devices' keys. */
  @Setup
  public void prepare() {
    Kem kem = new XWing();
    for (int i = 0; i < DEVICES; i++) {
      SecretBytes privateKey = SecretBytes.drawnFrom(random, Kem.PRIVATE_KEY_BYTES);
      devices.add(new Recipient(new AgentId("device-" + i), kem.publicKeyOf(privateKey)));
    }
  }

  Recipient nextDevice() {
    next = (next + 1) % devices.size();
    return devices.get(next);
  }
}
