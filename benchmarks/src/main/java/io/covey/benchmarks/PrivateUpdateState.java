package io.covey.benchmarks;

import com.google.protobuf.ByteString;
import io.covey.crypto.primitive.AesCtrRandomWords;
import io.covey.crypto.primitive.RandomWords;
import io.covey.crypto.privacy.Contribution;
import io.covey.crypto.privacy.PrivacyDemand;
import io.covey.crypto.privacy.UpdateEncoder;
import io.covey.crypto.privacy.UpdateLayout;
import io.covey.protocols.message.PrivacyTerms;
import io.covey.protocols.message.UpdateEncoding;
import java.util.Random;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A private update, plain and rotated: noise multiplier 1, for 100 honest of a cohort of 128. */
@State(Scope.Thread)
public class PrivateUpdateState {
  /** The parameter's name, as JMH knows it. */
  static final String MODEL_PARAMETERS = "modelParameters";

  private static final int COHORT = 128;
  private static final int HONEST = 100;

  /** Entries of the model's parameter vector. */
  @Param("100000")
  public int modelParameters = 1;

  final Contribution contribution = new Contribution(100, 70, 60);
  final RandomWords random = AesCtrRandomWords.fromSystemRandomness();

  UpdateEncoder encoder = encoder(1, ByteString.EMPTY);
  UpdateEncoder rotatingEncoder = encoder;
  float[] delta = {};

  /** Makes a random update of the chosen size. */
  @Setup
  public void prepare() {
    encoder = encoder(modelParameters, ByteString.EMPTY);
    rotatingEncoder =
        encoder(modelParameters, ByteString.copyFrom(new byte[PrivacyTerms.ROTATION_SEED_BYTES]));
    Random seeded = new Random(1);
    delta = new float[modelParameters];
    for (int i = 0; i < delta.length; i++) {
      delta[i] = (float) (seeded.nextGaussian() / Math.sqrt(modelParameters));
    }
  }

  private static UpdateEncoder encoder(int parameters, ByteString rotationSeed) {
    UpdateEncoding plain = new UpdateEncoding(parameters, 12, 21, 1f, 1, 16f);
    PrivacyDemand demand = new PrivacyDemand(1, HONEST, rotationSeed);
    return new UpdateEncoder(UpdateLayout.of(demand.applyTo(plain, COHORT), COHORT));
  }
}
