package io.covey.protocols.transport;

import io.covey.protocols.message.Limits;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.common.packet.MqttReturnCode;
import org.jspecify.annotations.Nullable;

/** What Paho and the broker say of failures, in words for a log. */
final class PahoReasons {
  private PahoReasons() {}

  static String describe(Throwable reason) {
    String what = String.valueOf(reason.getMessage());
    Throwable cause = reason.getCause();
    return Limits.readable(cause == null ? what : what + ": " + cause.getMessage());
  }

  static String describe(MqttDisconnectResponse response) {
    if (response.getException() != null) {
      return describe(response.getException());
    }
    String words = response.getReasonString();
    return Limits.readable(
        "the broker disconnected with reason code "
            + response.getReturnCode()
            + (words == null ? "" : ": " + words));
  }

  /** Why the broker refused the {@code index}-th part of a request; null when it did not. */
  static @Nullable String refusal(IMqttToken answer, int index) {
    int[] codes = answer.getReasonCodes();
    if (codes == null
        || index >= codes.length
        || codes[index] < MqttReturnCode.RETURN_CODE_UNSPECIFIED_ERROR) {
      return null;
    }
    return "the broker refused it with reason code " + codes[index];
  }
}
