package io.covey.protocols.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.ByteString;
import io.covey.protocols.id.ModelName;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.RoundId;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference.Difference;
import io.covey.protocols.message.ArtifactReference.Role;
import io.covey.protocols.message.ArtifactReference.Sealing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MessageBoundsTest {
  private static final Sha256 DIGEST = Sha256.of(new byte[0]);
  private static final ModelName DIGITS = new ModelName("digits");

  @ParameterizedTest
  @CsvSource({"1,1,1,1", "1000,1000,1,1000", "1001,1000,2,1", "2999,1000,3,999"})
  void chunksCoverAnArtifactExactly(long length, int chunkSize, int count, int lastLength) {
    ArtifactReference artifact = new ArtifactReference(Role.GRAPH, DIGEST, length, chunkSize);
    assertThat(artifact.chunkCount()).isEqualTo(count);
    assertThat(artifact.chunkLengthBytes(count - 1)).isEqualTo(lastLength);
    long sum = 0;
    for (int i = 0; i < count; i++) {
      sum += artifact.chunkLengthBytes(i);
    }
    assertThat(sum).isEqualTo(length);
    assertThatIllegalArgumentException().isThrownBy(() -> artifact.chunkLengthBytes(count));
    assertThatIllegalArgumentException().isThrownBy(() -> artifact.chunkLengthBytes(-1));
  }

  @Test
  void largestArtifactHasItsChunks() {
    ArtifactReference largest =
        new ArtifactReference(
            Role.WEIGHTS, DIGEST, Limits.ARTIFACT_BYTES, Limits.CHUNK_CONTENT_BYTES);
    assertThat(largest.chunkCount()).isEqualTo(4444);
    assertThat(largest.chunkLengthBytes(4443)).isEqualTo(14_336);
  }

  @Test
  void artifactInTooManyOrTooLargePiecesIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ArtifactReference(Role.GRAPH, DIGEST, 65_537, 1))
        .withMessageContaining("chunks of an artifact is 65537");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ArtifactReference(Role.GRAPH, DIGEST, 1, 118 * 1024 + 1));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new ArtifactReference(Role.GRAPH, DIGEST, Limits.ARTIFACT_BYTES + 1, 100_000));
  }

  @Test
  void versionHasEachRoleOnceAndStateEachModelOnce() {
    ArtifactReference graph = new ArtifactReference(Role.GRAPH, DIGEST, 1, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ModelManifest(DIGITS, new ModelVersion(1), List.of(graph, graph)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ModelManifest(DIGITS, new ModelVersion(1), List.of()));
    ModelManifest manifest = new ModelManifest(DIGITS, new ModelVersion(1), List.of(graph));
    assertThat(manifest.artifact(Role.GRAPH)).contains(graph);
    assertThat(manifest.artifact(Role.WEIGHTS)).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DesiredState(1, List.of(manifest, manifest)));
  }

  @Test
  void samplesComeTogetherAreBoundedAndStandLast() {
    ArtifactReference graph = file(Role.GRAPH, 1000);
    ArtifactReference inputs = file(Role.SAMPLE_INPUTS, Limits.SAMPLE_FILE_BYTES);
    ArtifactReference outputs = file(Role.EXPECTED_OUTPUTS, Limits.SAMPLE_FILE_BYTES);
    ModelManifest manifest = manifest(outputs, graph, inputs);
    assertThat(manifest.artifacts()).containsExactly(graph, inputs, outputs);
    assertThat(manifest.withoutSamples()).isEqualTo(manifest(graph));
    assertThatIllegalArgumentException().isThrownBy(() -> manifest(graph, inputs));
    assertThatIllegalArgumentException().isThrownBy(() -> manifest(graph, outputs));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> manifest(graph, file(Role.SAMPLE_INPUTS, (1L << 20) + 1), outputs))
        .withMessage("length of SAMPLE_INPUTS is 1048577, expected 1 to 1048576");
  }

  private static ModelManifest manifest(ArtifactReference... files) {
    return new ModelManifest(DIGITS, new ModelVersion(1), List.of(files));
  }

  private static ArtifactReference file(Role role, long lengthBytes) {
    return new ArtifactReference(role, DIGEST, lengthBytes, Limits.CHUNK_CONTENT_BYTES);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 57, true",
    "536870912, 536942056, true",
    "536870913, 536942056, false",
    "0, 57, false",
    "1, 131073, true",
    "1, 131074, false",
    "57, 57, false",
    "58, 57, false"
  })
  void sealedFileIsALittleLongerThanWhatIsInIt(long plaintext, long sealed, boolean possible) {
    if (possible) {
      assertThat(sealed(plaintext, sealed).lengthBytes()).isEqualTo(sealed);
    } else {
      assertThatIllegalArgumentException().isThrownBy(() -> sealed(plaintext, sealed));
    }
  }

  private static ArtifactReference sealed(long plaintextBytes, long lengthBytes) {
    return new ArtifactReference(
        Role.GRAPH,
        DIGEST,
        lengthBytes,
        Limits.CHUNK_CONTENT_BYTES,
        Optional.of(new Sealing(DIGEST, plaintextBytes, new ModelVersion(1))));
  }

  @Test
  void contentKeysAreBoundedAndThereOnce() {
    WrappedContentKey key = SealingSamples.key(DIGITS, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DesiredState(1, List.of(), List.of(key, key)))
        .withMessageContaining("twice");
    List<WrappedContentKey> tooMany =
        IntStream.rangeClosed(1, Limits.CONTENT_KEYS + 1)
            .mapToObj(version -> SealingSamples.key(DIGITS, version))
            .toList();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DesiredState(1, List.of(), tooMany))
        .withMessageContaining("content keys is 129");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new WrappedContentKey(key.of(), key.files(), 0, key.wrapped()))
        .withMessageContaining("epoch");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new WrappedContentKey(key.of(), key.files(), 1, ByteString.EMPTY))
        .withMessageContaining("wrapped content key of 0 bytes, expected 81");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GroupKeyGranted(0, Samples.bytes(0, 1169)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GroupKeyGranted(1, Samples.bytes(0, 1168)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new EncryptionKeyAnnounced(ByteString.EMPTY));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new EncryptionKeyAnnounced(Samples.bytes(0, 2049)));
  }

  @Test
  void keysDoNotNameASession() {
    RoundPlan plan = plan(new UpdateEncoding(10, 12, 21, 1f, 1, 1f), 8, Duration.ofSeconds(1));
    RoundPlan keyed = plan.with(List.of(SealingSamples.key(DIGITS, 1)));
    assertThat(keyed).isNotEqualTo(plan);
    assertThat(MessageCodec.contentOf(keyed)).isEqualTo(MessageCodec.contentOf(plan));
  }

  /** An agent that does not know of them would be in another session. */
  @Test
  void differencesDoNotNameASession() {
    UpdateEncoding encoding = new UpdateEncoding(20_000, 12, 21, 4f, 4095, 10f);
    ModelManifest plain = SealingSamples.plain(DIGITS, 4);
    RoundPlan with = Samples.roundPlan(SealingSamples.withServingDifference(plain), encoding);
    RoundPlan without = Samples.roundPlan(plain, encoding);
    assertThat(with).isNotEqualTo(without);
    assertThat(MessageCodec.contentOf(with)).isEqualTo(MessageCodec.contentOf(without));
  }

  @Test
  void differenceIsShorterThanItsFileAndUnderTheSameKey() {
    ArtifactReference file = SealingSamples.sealed(Role.SERVING, 4);
    Difference fit =
        SealingSamples.withDifference(file, Role.SERVING_DIFFERENCE).difference().orElseThrow();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SealingSamples.withDifference(file, Role.WEIGHTS_DIFFERENCE))
        .withMessageContaining("role SERVING has a difference of role WEIGHTS_DIFFERENCE");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SealingSamples.sealed(Role.SERVING, 3).with(fit))
        .withMessageContaining("not sealed with the key");
    ArtifactReference asItIs = new ArtifactReference(Role.SERVING, DIGEST, 240_000, 1000);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> asItIs.with(fit))
        .withMessageContaining("not sealed with the key");
    ArtifactReference tooShort =
        new ArtifactReference(
            Role.SERVING,
            DIGEST,
            30_056,
            Limits.CHUNK_CONTENT_BYTES,
            Optional.of(new Sealing(DIGEST, 30_000, new ModelVersion(4))));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tooShort.with(fit))
        .withMessageContaining("length of a difference is 30056, expected 1 to 30055");
  }

  @Test
  void filesOfAVersionAreItsArtifactsAndTheirDifferences() {
    ModelManifest manifest = SealingSamples.fullest(DIGITS, 4);
    assertThat(manifest.files()).hasSize(7).containsAll(manifest.artifacts());
    assertThat(manifest.files().get(6).role()).isEqualTo(Role.SERVING_DIFFERENCE);
    List<ArtifactReference> loose = new ArrayList<>(manifest.artifacts());
    loose.add(manifest.files().get(6));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ModelManifest(DIGITS, new ModelVersion(4), loose))
        .withMessageContaining("leads to no file");
  }

  @ParameterizedTest
  @CsvSource({"512,12,21,true", "513,12,21,false", "1,12,12,true", "2,12,12,false"})
  void cohortMustFitIntoItsLanes(int cohort, int valueBits, int laneBits, boolean fits) {
    UpdateEncoding encoding = new UpdateEncoding(10, valueBits, laneBits, 1f, 1, 1f);
    if (fits) {
      assertThat(plan(encoding, cohort, Duration.ofSeconds(1)).cohortSize()).isEqualTo(cohort);
    } else {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> plan(encoding, cohort, Duration.ofSeconds(1)))
          .withMessageContaining("largest sum");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 2, 8, 0, minimum honest",
    "1048577, 2, 8, 0, minimum honest",
    "1, 1, 8, 0, noise deviation",
    "1, 1048577, 8, 0, noise deviation",
    "1, 2, 7, 0, clip norm in steps",
    "1, 2, 1048577, 0, clip norm in steps",
    "1, 2, 8, 31, rotation seed of 31 bytes",
    "1, 2, 8, 33, rotation seed of 33 bytes"
  })
  void privacyTermsAreBounded(int honest, int deviation, int clip, int seedBytes, String what) {
    ByteString seed = ByteString.copyFrom(new byte[seedBytes]);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PrivacyTerms(honest, deviation, clip, seed))
        .withMessageContaining(what);
  }

  @Test
  void underPrivacyEveryParticipantWeighsTheSame() {
    Optional<PrivacyTerms> terms = Optional.of(new PrivacyTerms(1, 2, 8, ByteString.EMPTY));
    assertThat(new UpdateEncoding(10, 12, 21, 1f, 1, 1f, terms).privacy()).isEqualTo(terms);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new UpdateEncoding(10, 12, 21, 1f, 2, 1f, terms))
        .withMessageContaining("maximum weight under privacy is 2, expected 1 to 1");
  }

  @Test
  void roundsThatMayEndWithLessNoiseThanPromisedAreRefused() {
    PrivacyTerms terms = new PrivacyTerms(2, 2, 8, ByteString.EMPTY);
    UpdateEncoding encoding = new UpdateEncoding(10, 12, 21, 1f, 1, 1f, Optional.of(terms));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plan(encoding, 8, Duration.ofSeconds(1)))
        .withMessage("minimum honest participants is 2, expected 1 to 1");
  }

  @Test
  void reportingPeriodIsInWholeMillisecondsAndBounded() {
    UpdateEncoding encoding = new UpdateEncoding(10, 12, 21, 1f, 1, 1f);
    assertThat(plan(encoding, 8, Duration.ofNanos(1_999_999)).reportingPeriod())
        .isEqualTo(Duration.ofMillis(1));
    for (Duration period :
        List.of(
            Duration.ZERO,
            Duration.ofNanos(999_999),
            Duration.ofMillis(-1),
            Duration.ofDays(7).plusNanos(1),
            Duration.ofSeconds(Long.MAX_VALUE))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> plan(encoding, 8, period))
          .withMessageContaining("reporting period");
    }
  }

  @Test
  void textForPeopleIsMadeFitForALog() {
    assertThat(Limits.readable("plain text, ümläut, 日本, 😀"))
        .isEqualTo("plain text, ümläut, 日本, 😀");
    assertThat(Limits.readable("a\r\nb\tc\u0000d\u001b[0m")).isEqualTo("a  b c d [0m");
    assertThat(Limits.readable("\u202eevil\u2066\u200b")).isEqualTo(" evil  ");
    assertThat(Limits.readable("half \uD83D of one")).isEqualTo("half   of one");
    String cutWithinASurrogatePair = "x".repeat(255) + "😀";
    assertThat(Limits.readable(cutWithinASurrogatePair)).isEqualTo("x".repeat(255));
    assertThat(Limits.readable("x".repeat(100_000))).hasSize(256);
    RoundDeclined declined =
        new RoundDeclined(new RoundId("r"), RoundDeclined.Reason.BUSY, "too\nlong".repeat(1000));
    assertThat(declined.detail()).hasSize(256).doesNotContain("\n");
    assertThat(Limits.readable(declined.detail())).isEqualTo(declined.detail());
  }

  private static RoundPlan plan(UpdateEncoding encoding, int cohort, Duration period) {
    ArtifactReference graph = new ArtifactReference(Role.GRAPH, DIGEST, 1, 1);
    return new RoundPlan(
        new RoundId("r"),
        new ModelManifest(DIGITS, new ModelVersion(1), List.of(graph)),
        new LocalTraining(1, 1, 0.1f, 0f),
        encoding,
        cohort,
        1,
        period,
        SessionSamples.terms(),
        RoundPlan.unsigned());
  }
}
