package io.covey.protocols.transport;

import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/**
 * The one callback for everything: Paho's callbacks for single subscriptions close the connection
 * when they throw. It only hands over, since Paho deadlocks when a callback waits for it.
 */
record PahoCallback(BiConsumer<String, MqttMessage> arrived, Consumer<String> lost)
    implements MqttCallback {

  @Override
  public void disconnected(MqttDisconnectResponse response) {
    lost.accept(PahoReasons.describe(response));
  }

  @Override
  public void messageArrived(String topic, MqttMessage message) {
    arrived.accept(topic, message);
  }

  @Override
  public void mqttErrorOccurred(MqttException exception) {
    lost.accept(PahoReasons.describe(exception));
  }

  @Override
  public void deliveryComplete(IMqttToken token) {
    // Each publication has its own listener.
  }

  @Override
  public void connectComplete(boolean reconnect, String serverUri) {
    // The connection attempt has its own listener.
  }

  @Override
  public void authPacketArrived(int reasonCode, MqttProperties properties) {
    // Nothing here asks for extended authentication.
  }
}
