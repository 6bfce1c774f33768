package io.covey.models.graph;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One tensor of a subgraph.
 *
 * @param name for people; unique by habit, not by rule
 * @param type what its elements are
 * @param shape its dimensions, outermost first, {@link #ANY} where the size is chosen by each call
 * @param nominalShape its dimensions as the native runtime first sizes it, without {@link #ANY}
 * @param value its value when it is constant, otherwise null; a constant without elements, such as
 *     the shape of a scalar, has none either
 * @param isVariable whether it keeps its value from run to run
 * @param hasRank whether the file says that its rank is known
 * @param isSparse whether its constant value leaves zeros out, which is refused
 * @param quantization how its integers stand for real numbers, or null when they do not
 */
public record GraphTensor(
    String name,
    TensorType type,
    List<Integer> shape,
    List<Integer> nominalShape,
    @Nullable Constant value,
    boolean isVariable,
    boolean hasRank,
    boolean isSparse,
    @Nullable Quantization quantization) {

  /** A dimension whose size is chosen by each call, as a rule the batch. */
  public static final int ANY = -1;

  /** Checks and copies. */
  public GraphTensor {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(type, "type");
    shape = List.copyOf(shape);
    nominalShape = List.copyOf(nominalShape);
  }

  /** A tensor that an operator or a caller fills; {@link #ANY} is first sized as 1. */
  public static GraphTensor computed(String name, TensorType type, List<Integer> shape) {
    List<Integer> nominal = shape.stream().map(size -> size == ANY ? 1 : size).toList();
    return new GraphTensor(name, type, shape, nominal, null, false, isOpen(shape), false, null);
  }

  /** A tensor with a value that never changes. */
  public static GraphTensor constant(
      String name, TensorType type, List<Integer> shape, Constant value) {
    return new GraphTensor(name, type, shape, shape, value, false, isOpen(shape), false, null);
  }

  /**
   * Whether a file has to say that the rank is known: only an empty shape may also mean that it is
   * not, and what is left out makes the file smaller.
   */
  private static boolean isOpen(List<Integer> shape) {
    return shape.isEmpty();
  }

  /** This tensor by another name. */
  public GraphTensor named(String newName) {
    return new GraphTensor(
        newName, type, shape, nominalShape, value, isVariable, hasRank, isSparse, quantization);
  }

  /** This tensor with other dimensions; {@link #ANY} is first sized as 1. */
  public GraphTensor shaped(List<Integer> newShape) {
    List<Integer> nominal = newShape.stream().map(size -> size == ANY ? 1 : size).toList();
    return new GraphTensor(
        name, type, newShape, nominal, value, isVariable, hasRank, isSparse, quantization);
  }

  /** This tensor with another value. */
  public GraphTensor valued(@Nullable Constant newValue) {
    return new GraphTensor(
        name, type, shape, nominalShape, newValue, isVariable, hasRank, isSparse, quantization);
  }

  /** This tensor with elements of another type, which stand for real numbers in another way. */
  public GraphTensor quantized(TensorType newType, @Nullable Quantization newQuantization) {
    return new GraphTensor(
        name, newType, shape, nominalShape, value, isVariable, hasRank, isSparse, newQuantization);
  }

  /** A constant without elements has no bytes, such as the shape of a scalar. */
  public boolean isEmpty() {
    return nominalShape.contains(0);
  }

  /** Whether it has a value in the file. */
  public boolean isConstant() {
    return value != null;
  }

  /** How many bytes its value in the file has; 0 when it is computed. */
  public int constantBytes() {
    return value == null ? 0 : value.sizeBytes();
  }

  /** Whether every dimension has a fixed size. */
  public boolean isFixed() {
    return !shape.contains(ANY);
  }

  /**
   * How many elements it has as first sized.
   *
   * @throws ArithmeticException beyond 2^63
   */
  public long elements() {
    long elements = 1;
    for (int size : nominalShape) {
      elements = Math.multiplyExact(elements, size);
    }
    return elements;
  }

  /** Whether its bytes stand for no real numbers. */
  public boolean isBareBytes() {
    return (type == TensorType.INT8 || type == TensorType.UINT8) && scales() == null;
  }

  /** How its integers stand for real numbers, or null when they do not. */
  public @Nullable Quantization scales() {
    return quantization != null && quantization.hasScales() ? quantization : null;
  }
}
