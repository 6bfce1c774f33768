package io.covey.protocols.transport;

import java.util.function.Consumer;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;

/** What to do with the broker's answer to one request, or with its absence. */
record Answer(Consumer<IMqttToken> success, Consumer<Throwable> failure)
    implements MqttActionListener {

  @Override
  public void onSuccess(IMqttToken token) {
    success.accept(token);
  }

  @Override
  public void onFailure(IMqttToken token, Throwable exception) {
    failure.accept(exception);
  }
}
