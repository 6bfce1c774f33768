package io.covey.models.training.reference;

import io.covey.models.data.FloatArray;
import io.covey.models.data.NumericArray;
import io.covey.models.training.TrainableVariable.Use;
import io.covey.models.training.loss.Loss;
import java.util.List;

/**
 * What another framework computed for a plain model: on one batch, the output, the loss, the
 * gradients, and the losses of gradient descent.
 *
 * @param x the examples; whole numbers as their values
 * @param y what is right: whole numbers are classes, one for each row of the output; floats are
 *     values, one for each of its
 * @param output the model's output
 * @param loss which loss
 * @param lossValue its value on the batch
 * @param variables with their gradients
 * @param descent what gradient descent does
 */
public record Reference(
    FloatArray x,
    NumericArray y,
    FloatArray output,
    Loss loss,
    double lossValue,
    List<Variable> variables,
    Descent descent) {

  /** Copies. */
  public Reference {
    variables = List.copyOf(variables);
  }

  /** How many examples there are. */
  int batch() {
    return x.rows();
  }

  /**
   * A variable.
   *
   * @param name for people
   * @param uses the operator inputs that it stands for; none when the variables are simply all of
   *     the model's parameters, in its order
   * @param gradient of the loss, in the file's layout
   */
  public record Variable(String name, List<Use> uses, FloatArray gradient) {

    /** Copies. */
    public Variable {
      uses = List.copyOf(uses);
    }
  }

  /**
   * Gradient descent on the one batch.
   *
   * @param learningRate its rate
   * @param losses the loss before each step
   */
  public record Descent(float learningRate, List<Double> losses) {

    /** Copies. */
    public Descent {
      losses = List.copyOf(losses);
    }
  }
}
