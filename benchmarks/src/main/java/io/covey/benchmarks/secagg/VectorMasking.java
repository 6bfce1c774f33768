package io.covey.benchmarks.secagg;

import io.covey.crypto.primitive.Prg;
import io.covey.crypto.secagg.LaneLayout;
import io.covey.crypto.secagg.LanePacking;
import io.covey.crypto.secagg.MaskExpander;
import io.covey.crypto.secagg.MaskTerm;
import io.covey.crypto.secagg.ModularVector;
import io.covey.crypto.secagg.SessionDescriptor;
import io.covey.crypto.secagg.client.ClientEffect;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What a participant's shell does with its vector; one participant at a time. */
final class VectorMasking {
  private final LaneLayout layout;
  private final int chunkBytes;
  private final InputVectors inputs;
  private final MaskExpander expander = new MaskExpander(Prg.aesCtr());

  VectorMasking(SessionDescriptor.Vector vector, InputVectors inputs) {
    this.layout = vector.layout();
    // No overflow: a descriptor's chunks are short enough.
    this.chunkBytes = vector.chunkWords() * Long.BYTES;
    this.inputs = inputs;
  }

  /** Packs a participant's entries, and puts the masks on them. */
  MaskedVector mask(BenchParticipant participant, ClientEffect.Mask effect) {
    // Not kept: what the heap holds between two participants is to be the coordinator's.
    int[] entries = new int[layout.entries()];
    inputs.fill(participant.number(), entries);
    CpuMeter<ParticipantStep> meter = participant.meter();
    ModularVector vector = meter.measure(ParticipantStep.PACKING, () -> pack(entries));
    return meter.measure(ParticipantStep.MASKING, () -> mask(vector, effect));
  }

  private ModularVector pack(int[] entries) {
    long[] words = new long[layout.words()];
    LanePacking.pack(layout, entries, entries.length, words);
    ModularVector vector = new ModularVector(words.length);
    vector.add(words);
    return vector;
  }

  private MaskedVector mask(ModularVector vector, ClientEffect.Mask effect) {
    effect.terms().forEach(term -> expander.apply(term, vector));
    effect.terms().forEach(MaskTerm::close);
    long[] words = new long[vector.length()];
    vector.copyTo(0, words.length, words);
    ByteBuffer bytes = ByteBuffer.allocate(words.length * Long.BYTES);
    bytes.order(ByteOrder.LITTLE_ENDIAN).asLongBuffer().put(words);
    return new MaskedVector(bytes.array(), chunkBytes);
  }
}
