package io.covey.edgeagent.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.covey.crypto.identity.AgentIdentity;
import io.covey.crypto.identity.EncryptionIdentity;
import io.covey.crypto.identity.TrialAuthority;
import io.covey.crypto.primitive.bc.Ed25519;
import io.covey.edgeagent.mqtt.BlockCheck;
import io.covey.edgeagent.sealing.KeyRing;
import io.covey.edgeagent.sealing.SealedBlocks;
import io.covey.protocols.id.AgentId;
import io.covey.protocols.id.FleetId;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.Limits;
import io.covey.protocols.message.ModelManifest;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Single blocks of a sealed file, as they come in any order. */
class SealedBlocksTest {
  private static final FleetId FLEET = new FleetId("test");
  private static final ModelName MODEL = new ModelName("toy");
  private static final int PLAINTEXT_BYTES = 300_000;

  private final TestSealing sealing = new TestSealing(FLEET);
  private final TrialAuthority authority = TrialAuthority.insecureSeeded(FLEET, new Ed25519(), 1);
  private final AgentIdentity agent = authority.enrol(new AgentId("a1"), 0);
  private final EncryptionIdentity encryption = agent.encryption().orElseThrow();
  private final KeyRing ring =
      new KeyRing(FLEET, agent.agent(), Optional.of(encryption), Optional.empty());
  private final ByteString content;
  private final ArtifactReference artifact;
  private final BlockCheck.Blocks blocks;

  SealedBlocksTest() {
    byte[] plaintext = new byte[PLAINTEXT_BYTES];
    new Random(1).nextBytes(plaintext);
    TestSealing.Made made = sealing.seal(MODEL, Role.GRAPH, plaintext);
    content = made.content();
    ArtifactReference small = made.reference();
    artifact =
        new ArtifactReference(
            Role.GRAPH,
            small.digest(),
            small.lengthBytes(),
            Limits.CHUNK_CONTENT_BYTES,
            small.sealing());
    blocks = new SealedBlocks(FLEET, ring).of(MODEL, artifact);
  }

  private void giveKeys() {
    ModelManifest manifest = new ModelManifest(MODEL, new ModelVersion(1), List.of(artifact));
    assertThat(ring.grant(sealing.grant(encryption.certificate()))).isTrue();
    assertThat(ring.take(sealing.keys(List.of(manifest)))).isTrue();
  }

  private ByteString block(int index) {
    int from = index * artifact.chunkSizeBytes();
    return content.substring(from, from + artifact.chunkLengthBytes(index));
  }

  private static ByteString altered(ByteString block, int at) {
    byte[] bytes = block.toByteArray();
    bytes[at] ^= 1;
    return ByteString.copyFrom(bytes);
  }

  private boolean mayBeRight(int index, ByteString block) {
    return blocks.mayBeRight(index, block);
  }

  @Test
  void afterTheFirstEveryBlockIsToldFromAnyOther() {
    giveKeys();
    assertThat(artifact.chunkCount()).isEqualTo(3);
    assertThat(mayBeRight(0, block(0))).isTrue();
    assertThat(mayBeRight(2, block(2))).isTrue();
    assertThat(mayBeRight(1, block(1))).isTrue();
    assertThat(mayBeRight(1, altered(block(1), 77))).isFalse();
    assertThat(mayBeRight(1, block(0))).as("the block of another place").isFalse();
    assertThat(mayBeRight(2, block(2).substring(1))).isFalse();
    assertThat(mayBeRight(1, block(1))).as("still").isTrue();
  }

  @Test
  void aFirstBlockThatIsAlteredIsToldAndNothingIsCheckedWithIt() {
    giveKeys();
    for (int at : new int[] {0, 1, 35, 50, 60_000}) {
      assertThat(mayBeRight(0, altered(block(0), at))).as("byte %d", at).isFalse();
    }
    assertThat(mayBeRight(0, ByteString.EMPTY)).isFalse();
    assertThat(mayBeRight(1, block(1))).isTrue();
    assertThat(mayBeRight(1, altered(block(1), 5))).as("nothing can be said").isTrue();
  }

  @Test
  void withoutAKeyNothingCanBeSaid() {
    assertThat(mayBeRight(0, altered(block(0), 50))).isTrue();
    assertThat(mayBeRight(1, altered(block(1), 50))).isTrue();
  }

  @Test
  void theFirstBlockIsWantedOnceMoreWhenItsKeyHasComeLater() {
    assertThat(mayBeRight(0, block(0))).isTrue();
    assertThat(blocks.wantsFirst()).as("without a key it would be of no use").isFalse();
    giveKeys();
    assertThat(blocks.wantsFirst()).isTrue();
    assertThat(mayBeRight(0, block(0))).isTrue();
    assertThat(blocks.wantsFirst()).isFalse();
    assertThat(mayBeRight(1, altered(block(1), 5))).isFalse();
  }

  @Test
  void whatBelongsToOneStagingSaysNothingOfAnother() {
    giveKeys();
    assertThat(mayBeRight(0, block(0))).isTrue();
    BlockCheck.Blocks anew = new SealedBlocks(FLEET, ring).of(MODEL, artifact);
    assertThat(anew.mayBeRight(1, altered(block(1), 5))).isTrue();
    assertThat(anew.wantsFirst()).isTrue();
  }

  @Test
  void nothingIsSaidOfAFileThatTravelsAsItIs() {
    giveKeys();
    ArtifactReference plain =
        new ArtifactReference(
            Role.GRAPH, artifact.digest(), artifact.lengthBytes(), Limits.CHUNK_CONTENT_BYTES);
    assertThat(new SealedBlocks(FLEET, ring).of(MODEL, plain).mayBeRight(0, ByteString.EMPTY))
        .isTrue();
  }

  @Test
  void theFileOfAnotherModelIsToldAtItsFirstBlock() {
    giveKeys();
    ModelName other = new ModelName("other");
    ModelManifest manifest = new ModelManifest(other, new ModelVersion(1), List.of(artifact));
    ring.take(sealing.keys(List.of(manifest)));
    assertThat(new SealedBlocks(FLEET, ring).of(other, artifact).mayBeRight(0, block(0))).isFalse();
  }
}
