package io.covey.protocols.transport;

import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.SocketFactory;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;

/** From {@link TransportSettings} to what Paho calls them, and to what must not be left to it. */
final class PahoOptions {
  /**
   * Paho logs whole stack traces to standard error through java.util.logging; what matters of them
   * reaches us as events. Kept here because that logging forgets loggers nobody refers to.
   */
  private static final Logger PAHO_LOG = Logger.getLogger("org.eclipse.paho.mqttv5");

  static {
    PAHO_LOG.setLevel(Level.OFF);
  }

  private PahoOptions() {}

  static MqttConnectionOptions of(
      TransportSettings settings, SocketFactory sockets, int packetOverheadBytes) {
    MqttConnectionOptions options = new MqttConnectionOptions();
    options.setAutomaticReconnect(false);
    // Without an expiry interval the session would end with the connection.
    options.setCleanStart(false);
    options.setSessionExpiryInterval(settings.sessionExpiry().toSeconds());
    options.setKeepAliveInterval(Math.toIntExact(settings.keepAlive().toSeconds()));
    options.setConnectionTimeout(seconds(settings.connectTimeout().toMillis()));
    options.setReceiveMaximum(PahoInbound.RECEIVE_MAXIMUM);
    options.setMaximumPacketSize((long) settings.maximumMessageBytes() + packetOverheadBytes);
    options.setTopicAliasMaximum(0);
    options.setSocketFactory(sockets);
    settings.will().ifPresent(will -> setWill(options, will));
    return options;
  }

  private static void setWill(MqttConnectionOptions options, Will will) {
    MqttMessage message = new MqttMessage(will.payload().toByteArray());
    message.setQos(will.qos().level());
    message.setRetained(will.retain());
    options.setWill(will.topic(), message);
    MqttProperties properties = new MqttProperties();
    properties.setWillDelayInterval(will.delay().toSeconds());
    options.setWillMessageProperties(properties);
  }

  /** Rounded up: Paho takes 0 for "wait for ever". */
  private static int seconds(long millis) {
    return (int) Math.min(Integer.MAX_VALUE / 1000, (millis + 999) / 1000);
  }
}
