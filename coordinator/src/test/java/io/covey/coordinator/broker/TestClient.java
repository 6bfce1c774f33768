package io.covey.coordinator.broker;

import java.net.URI;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** A plain MQTT 5 client that tells what the broker answers. */
final class TestClient implements AutoCloseable, MqttCallback {
  static final long TIMEOUT_MILLIS = 20_000;

  private final MqttAsyncClient client;
  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
  private final BlockingQueue<Integer> disconnects = new LinkedBlockingQueue<>();

  private TestClient(URI broker, String clientId) throws MqttException {
    client =
        new MqttAsyncClient(
            (broker.getScheme().equals("mqtts") ? "ssl://" : "tcp://")
                + broker.getHost()
                + ":"
                + broker.getPort(),
            clientId,
            new MemoryPersistence());
    client.setCallback(this);
  }

  static TestClient connect(URI broker, String clientId) throws MqttException {
    return connect(broker, clientId, new MqttConnectionOptions());
  }

  static TestClient connect(URI broker, String clientId, MqttConnectionOptions options)
      throws MqttException {
    TestClient client = new TestClient(broker, clientId);
    try {
      client.client.connect(options).waitForCompletion(TIMEOUT_MILLIS);
      return client;
    } catch (MqttException e) {
      client.client.close(true);
      throw e;
    }
  }

  /** Over TLS, with a certificate or what the test has in its place. */
  static TestClient connect(URI broker, String clientId, SSLContext tls) throws MqttException {
    return connect(broker, clientId, options(tls));
  }

  static MqttConnectionOptions options(SSLContext tls) {
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setSocketFactory(tls.getSocketFactory());
    return options;
  }

  /** What the broker announced when it let the client in. */
  static MqttProperties announcement(URI broker, String clientId) throws MqttException {
    TestClient client = new TestClient(broker, clientId);
    IMqttToken token = client.client.connect(new MqttConnectionOptions());
    token.waitForCompletion(TIMEOUT_MILLIS);
    MqttProperties properties = token.getResponseProperties();
    client.close();
    return properties;
  }

  /** Answers the reason code. */
  int publish(String topic, String text, int qos, boolean retain) throws MqttException {
    return publish(topic, text.getBytes(java.nio.charset.StandardCharsets.UTF_8), qos, retain);
  }

  int publish(String topic, byte[] payload, int qos, boolean retain) throws MqttException {
    IMqttToken token = client.publish(topic, payload, qos, retain);
    return reason(token);
  }

  /** Answers the reason code. */
  int subscribe(String filter) throws MqttException {
    return reason(client.subscribe(filter, 1));
  }

  /** The next message as {@code topic=text}; fails when there is none in time. */
  String next() throws InterruptedException {
    String message = received.poll(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    if (message == null) {
      throw new AssertionError("no message arrived");
    }
    return message;
  }

  /** What has arrived and {@link #next} has not given out. */
  List<String> heard() {
    return List.copyOf(received);
  }

  /** Waits until the broker has closed the connection; answers its reason code. */
  int disconnected() throws InterruptedException {
    Integer reason = disconnects.poll(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    if (reason == null) {
      throw new AssertionError("the broker kept the connection");
    }
    return reason;
  }

  /** Ends it without a word, whether or not the broker has disconnected it already. */
  void abandon() throws MqttException {
    client.disconnectForcibly(1, 1, false);
    client.close(true);
  }

  private static int reason(IMqttToken token) {
    try {
      token.waitForCompletion(TIMEOUT_MILLIS);
    } catch (MqttException e) {
      return e.getReasonCode();
    }
    int[] codes = token.getReasonCodes();
    return codes == null || codes.length == 0 ? 0 : codes[0];
  }

  @Override
  public void close() throws MqttException {
    if (client.isConnected()) {
      client.disconnect().waitForCompletion(TIMEOUT_MILLIS);
    }
    client.close(true);
  }

  @Override
  public void messageArrived(String topic, MqttMessage message) {
    received.add(
        topic + "=" + new String(message.getPayload(), java.nio.charset.StandardCharsets.UTF_8));
  }

  @Override
  public void disconnected(MqttDisconnectResponse response) {
    disconnects.add(response.getReturnCode());
  }

  @Override
  public void mqttErrorOccurred(MqttException exception) {
    // Told by disconnected() too.
  }

  @Override
  public void deliveryComplete(IMqttToken token) {
    // The tokens are waited for.
  }

  @Override
  public void connectComplete(boolean reconnect, String server) {
    // The token is waited for.
  }

  @Override
  public void authPacketArrived(int reasonCode, MqttProperties properties) {
    // No enhanced authentication here.
  }
}
