package io.covey.models.data;

import static io.covey.models.data.DataResources.assertRefused;
import static io.covey.models.data.DataResources.floats;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.covey.models.data.DataException.Reason;
import io.covey.models.data.Preprocessing.ChannelOrder;
import io.covey.models.data.Preprocessing.Layout;
import io.covey.models.data.Preprocessing.Resizing;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What NumPy and TensorFlow compute for the same images. */
class PreprocessingTest {

  private static final ArrayShape IMAGE = ArrayShape.of(5, 7, 3);
  private static final List<Float> MEAN = List.of(0.485f, 0.456f, 0.406f);
  private static final List<Float> DEVIATION = List.of(0.229f, 0.224f, 0.225f);

  private static Preprocessing images(Layout layout, ChannelOrder order, Resizing resizing) {
    return new Preprocessing(1, List.of(), List.of(), layout, order, resizing);
  }

  private static Preprocessing resizing(Resizing resizing) {
    return images(Layout.CHANNELS_LAST, ChannelOrder.AS_STORED, resizing);
  }

  @ParameterizedTest
  @CsvSource({"3,4", "10,14", "8,5", "1,1", "13,3", "5,7"})
  void resizingIsTensorFlows(int height, int width) {
    float[] image = floats("resize-image.f32");
    ArrayShape size = ArrayShape.of(height, width, 3);
    String name = "-%dx%d.f32".formatted(height, width);
    assertThat(resizing(Resizing.NEAREST).between(IMAGE, size).apply(image))
        .containsExactly(floats("resize-nearest" + name));
    assertThat(resizing(Resizing.BILINEAR).between(IMAGE, size).apply(image))
        .containsExactly(floats("resize-bilinear" + name), within(1e-4f));
  }

  @Test
  void standardizingIsNumPys() {
    Preprocessing preprocessing =
        new Preprocessing(
            1 / 255f, MEAN, DEVIATION, Layout.CHANNELS_LAST, ChannelOrder.AS_STORED, Resizing.NONE);
    assertThat(preprocessing.between(IMAGE, IMAGE).apply(floats("resize-image.f32")))
        .containsExactly(floats("normalized.f32"), within(1e-6f));
  }

  @Test
  void channelsThatComeFirstAreBroughtLast() {
    Preprocessing first = images(Layout.CHANNELS_FIRST, ChannelOrder.AS_STORED, Resizing.NONE);
    float[] stored = floats("channels-first.f32");
    assertThat(first.between(ArrayShape.of(3, 5, 7), IMAGE).apply(stored))
        .containsExactly(floats("resize-image.f32"));
    assertThat(first.between(ArrayShape.of(105), IMAGE).apply(stored))
        .as("rows of values are images of the model's size")
        .containsExactly(floats("resize-image.f32"));
  }

  @Test
  void channelsAreReversedBeforeTheirMeansAreTakenOff() {
    Preprocessing preprocessing =
        new Preprocessing(
            2,
            List.of(10f, 20f, 30f),
            List.of(1f, 2f, 4f),
            Layout.CHANNELS_LAST,
            ChannelOrder.REVERSED,
            Resizing.NONE);
    ArrayShape pixel = ArrayShape.of(1, 1, 3);
    assertThat(preprocessing.between(pixel, pixel).apply(new float[] {1, 2, 3}))
        .containsExactly(6 - 10, (4 - 20) / 2f, (2 - 30) / 4f);
  }

  @Test
  void everyStepAtOnceIsWhatTheyAreOneAfterTheOther() {
    long seed = Long.getLong("covey.seed", 20_253);
    System.out.println("preprocessing: seed " + seed + " (covey.seed)");
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 100; i++) {
      int height = 1 + random.nextInt(9);
      int width = 1 + random.nextInt(9);
      int channels = 1 + random.nextInt(4);
      ArrayShape stored = ArrayShape.of(channels, height, width);
      ArrayShape last = ArrayShape.of(height, width, channels);
      ArrayShape model = ArrayShape.of(1 + random.nextInt(9), 1 + random.nextInt(9), channels);
      Resizing way = random.nextBoolean() ? Resizing.NEAREST : Resizing.BILINEAR;
      float[] batch = new float[3 * stored.elements()];
      for (int k = 0; k < batch.length; k++) {
        batch[k] = random.nextInt(256);
      }
      float[] atOnce =
          images(Layout.CHANNELS_FIRST, ChannelOrder.REVERSED, way)
              .between(stored, model)
              .apply(batch);
      float[] arranged = referenceArrangement(batch, channels, height * width);
      assertThat(resizing(way).between(last, model).apply(arranged)).containsExactly(atOnce);
    }
  }

  /** Plainly: channels first become channels last, from the last to the first. */
  private static float[] referenceArrangement(float[] batch, int channels, int pixels) {
    float[] arranged = new float[batch.length];
    for (int image = 0; image < batch.length / (channels * pixels); image++) {
      for (int pixel = 0; pixel < pixels; pixel++) {
        for (int channel = 0; channel < channels; channel++) {
          arranged[(image * pixels + pixel) * channels + channel] =
              batch[(image * channels + channels - 1 - channel) * pixels + pixel];
        }
      }
    }
    return arranged;
  }

  @Test
  void nothingChangesByDefaultNotEvenTheBatchItself() {
    float[] batch = {1, -2, 3, 4};
    Preprocessor identity = Preprocessing.IDENTITY.between(ArrayShape.of(2), ArrayShape.of(2, 1));
    float[] prepared = identity.apply(batch);
    assertThat(prepared).containsExactly(batch).isNotSameAs(batch);
    Preprocessor twice =
        Preprocessing.IDENTITY.withScale(2).between(ArrayShape.of(2), ArrayShape.of(2));
    assertThat(twice.apply(batch)).containsExactly(2, -4, 6, 8);
    assertThat(batch).containsExactly(1, -2, 3, 4);
  }

  @Test
  void shapesThatCannotBecomeTheModelsAreRefused() {
    ArrayShape model = ArrayShape.of(4, 4, 3);
    refuses(Preprocessing.IDENTITY, IMAGE, model, "choose a way of resizing");
    refuses(resizing(Resizing.NEAREST), ArrayShape.of(3, 4, 4), model, "have 4 channels");
    refuses(resizing(Resizing.NEAREST), ArrayShape.of(47), model, "no image");
    refuses(resizing(Resizing.NEAREST), ArrayShape.of(0, 2, 3), model, "no image");
    refuses(resizing(Resizing.NEAREST), IMAGE, ArrayShape.of(48), "no image");
    refuses(Preprocessing.IDENTITY, ArrayShape.of(0), ArrayShape.of(0), "no values");
    Layout first = Layout.CHANNELS_FIRST;
    Preprocessing unsized = images(first, ChannelOrder.AS_STORED, Resizing.NONE);
    refuses(unsized, ArrayShape.of(3, 5, 5), model, "not of the model's size");
    Preprocessing twoMeans =
        new Preprocessing(
            1,
            List.of(1f, 2f),
            List.of(),
            Layout.CHANNELS_LAST,
            ChannelOrder.AS_STORED,
            Resizing.NONE);
    refuses(twoMeans, model, model, "2 numbers for the mean, but the model has 3 channels");
  }

  private static void refuses(
      Preprocessing preprocessing, ArrayShape data, ArrayShape model, String message) {
    assertRefused(Reason.WRONG_SHAPE, () -> preprocessing.between(data, model))
        .hasMessageContaining(message);
  }

  @Test
  void brokenRowsAndInfiniteOutcomesAreRefused() {
    Preprocessor large =
        Preprocessing.IDENTITY.withScale(1e30f).between(ArrayShape.of(2), ArrayShape.of(2));
    assertRefused(Reason.WRONG_SHAPE, () -> large.apply(new float[3]));
    assertRefused(Reason.NOT_FINITE, () -> large.apply(new float[] {0, 0, 0, 1e30f}))
        .hasMessageContaining("value 1 of example 1");
  }

  @Test
  void numbersThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> Preprocessing.IDENTITY.withScale(0))
        .hasMessageContaining("scale is 0");
    assertThatThrownBy(() -> numbers(List.of(Float.NaN), List.of())).hasMessageContaining("mean");
    assertThatThrownBy(() -> numbers(List.of(), List.of(0f))).hasMessageContaining("deviation");
    assertThatThrownBy(() -> numbers(List.of(), List.of(Float.NaN)))
        .hasMessageContaining("deviation");
  }

  private static Preprocessing numbers(List<Float> mean, List<Float> deviation) {
    return new Preprocessing(
        1, mean, deviation, Layout.CHANNELS_LAST, ChannelOrder.AS_STORED, Resizing.NONE);
  }
}
