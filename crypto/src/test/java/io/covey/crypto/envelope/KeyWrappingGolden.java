package io.covey.crypto.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import io.covey.crypto.envelope.KeyWrapping.EpochKey;
import io.covey.crypto.envelope.KeyWrapping.Recipient;
import io.covey.crypto.primitive.Kem;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.primitive.SecretBytes;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.GroupName;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;

/** Wire forms that devices in the field have to open for ever. */
final class KeyWrappingGolden {
  private static final ContentBinding BINDING =
      new ContentBinding(
          new FleetId("fleet"),
          new ModelName("digits"),
          new ModelVersion(3),
          Sha256.of(new byte[] {1}));
  private static final GroupEpoch EPOCH =
      new GroupEpoch(new FleetId("fleet"), new GroupName("cameras"), 4);

  private KeyWrappingGolden() {}

  static void check(KeyWrapping wrapping, Kem kem) {
    RandomWords random = Sealing.random(99);
    SecretBytes privateKey = SecretBytes.owning(Sealing.key(7).secret().copy().reveal());
    Recipient recipient = new Recipient(new AgentId("device-1"), kem.publicKeyOf(privateKey));
    ContentKey content = Sealing.key(50);
    GroupKey group = GroupKey.owning(Sealing.key(90).secret().copy());
    WrappedKey forDevice = wrapping.wrap(content, BINDING, recipient, random).orElseThrow();
    WrappedKey epochKey = wrapping.wrap(group, EPOCH, recipient, random).orElseThrow();
    GroupWrappedKey forGroup = wrapping.wrap(content, BINDING, new EpochKey(EPOCH, group), random);
    assertThat(Sha256.of(forDevice.encode().toBytes()).hex())
        .isEqualTo("cc68a85a3a4b31b1a4a1af0badfd6ac2e9398ab8718ed23a6d6fe868d8702e7a");
    assertThat(Sha256.of(epochKey.encode().toBytes()).hex())
        .isEqualTo("ed6ed0dc9c8e802e05bd82afb9be1eeffcc40ed8eb06750b7458dce355d96132");
    assertThat(forGroup.encode().toHex())
        .isEqualTo(
            "012d40a1d9655b3d1e98e0a4b7c2813a7ffa416c4f1bac134b6afb84dee9ce47bc7be3ad0ad9236676"
                + "266a2357f13eb20bc03de0b294c8569e627ee92fba8d84c78204576b0e2637d4d702f27d60b991aa");
  }
}
