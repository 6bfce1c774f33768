package io.covey.edgeagent.config;

import io.covey.models.data.DataFormat.LabelColumn;
import io.covey.models.data.DataFormat.LabelKind;

/** What is to be predicted of an example, as settings say it. */
public enum ExampleLabel {
  /** A class, as a whole number from 0 on. */
  CLASS(LabelKind.NUMBERS),
  /** Numbers, as for regression, or one for each of several classes that may hold together. */
  VALUES(LabelKind.VALUES);

  private final LabelKind kind;

  ExampleLabel(LabelKind kind) {
    this.kind = kind;
  }

  /** The column, or of values the columns, of a table. */
  LabelColumn column(String name) {
    return new LabelColumn(name, kind);
  }
}
