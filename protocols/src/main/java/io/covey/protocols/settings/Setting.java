package io.covey.protocols.settings;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes one key of a settings record. The texts are written as they would be in the file. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {

  /** What the key decides, in one sentence; printed as its comment. */
  String help();

  /** The value when nothing gives one; empty for none. */
  String preset() default "";

  /** The smallest value allowed; empty for no bound. For numbers, durations and sizes. */
  String min() default "";

  /** The largest value allowed; empty for no bound. For numbers, durations and sizes. */
  String max() default "";
}
