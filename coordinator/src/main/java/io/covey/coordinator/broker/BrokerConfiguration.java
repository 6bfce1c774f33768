package io.covey.coordinator.broker;

import io.covey.crypto.identity.OwnerOnlyFiles;
import io.covey.crypto.identity.OwnerOnlyFiles.Access;
import io.covey.crypto.identity.x509.FleetTls;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** HiveMQ's {@code config.xml}: what differs from its defaults, and why. */
final class BrokerConfiguration {
  /** Twice a message and then some: what is too long is refused by the codec, which says why. */
  static final int PACKET_BYTES = 256 * 1024;

  private static final int TOPIC_CHARACTERS = 1024;
  private static final int CLIENT_ID_CHARACTERS = 128;
  private static final int CONNECT_TIMEOUT_MILLIS = 10_000;

  private final XMLStreamWriter xml;

  private BrokerConfiguration(XMLStreamWriter xml) {
    this.xml = xml;
  }

  /** Writes it for its owner only: with TLS there is a password in it. */
  static void write(BrokerSettings settings, Optional<BrokerStores> stores, Path file)
      throws IOException {
    StringWriter writer = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(writer);
      new BrokerConfiguration(xml).root(settings, stores);
      xml.close();
      OwnerOnlyFiles.replace(
          file, writer.toString().getBytes(StandardCharsets.UTF_8), Access.SECRET);
    } catch (XMLStreamException e) {
      throw new IOException("cannot write " + file, e);
    }
  }

  private void root(BrokerSettings settings, Optional<BrokerStores> stores)
      throws XMLStreamException {
    xml.writeStartDocument();
    xml.writeStartElement("hivemq");
    listener(settings, stores);
    mqtt(settings.limits());
    restrictions(settings.limits());
    group("security", "allow-empty-client-id", "enabled", "false");
    group("persistence", "mode", settings.directory().isPresent() ? "file" : "in-memory");
    group("anonymous-usage-statistics", "enabled", "false");
    xml.writeEndElement();
    xml.writeEndDocument();
  }

  private void listener(BrokerSettings settings, Optional<BrokerStores> stores)
      throws XMLStreamException {
    xml.writeStartElement("listeners");
    xml.writeStartElement(stores.isPresent() ? "tls-tcp-listener" : "tcp-listener");
    element("port", Integer.toString(settings.port()));
    element("bind-address", settings.bindAddress());
    if (stores.isPresent()) {
      tls(stores.get());
    }
    xml.writeEndElement();
    xml.writeEndElement();
  }

  private void tls(BrokerStores stores) throws XMLStreamException {
    xml.writeStartElement("tls");
    group("protocols", "protocol", FleetTls.PROTOCOL);
    xml.writeStartElement("keystore");
    element("path", stores.own().toAbsolutePath().toString());
    element("password", stores.password());
    element("private-key-password", stores.password());
    xml.writeEndElement();
    xml.writeStartElement("truststore");
    element("path", stores.trusted().toAbsolutePath().toString());
    element("password", stores.password());
    xml.writeEndElement();
    element("client-authentication-mode", "REQUIRED");
    xml.writeEndElement();
  }

  private void mqtt(BrokerSettings.Limits limits) throws XMLStreamException {
    xml.writeStartElement("mqtt");
    // After a reconnect Paho uses aliases that the broker no longer knows.
    group("topic-alias", "enabled", "false");
    // HiveMQ's 10 would make a round trip the pace of every upload.
    group("receive-maximum", "server-receive-maximum", Integer.toString(limits.receiveMaximum()));
    // HiveMQ's 268 MB would let one client fill the heap.
    group("packets", "max-packet-size", Integer.toString(PACKET_BYTES));
    group("queued-messages", "max-queue-size", Integer.toString(limits.queuedMessages()));
    // Covey never uses level 2.
    group("quality-of-service", "max-qos", "1");
    xml.writeStartElement("keep-alive");
    element("max-keep-alive", Long.toString(limits.keepAlive().toSeconds()));
    element("allow-unlimited", "false");
    xml.writeEndElement();
    group("session-expiry", "max-interval", Long.toString(limits.sessionExpiry().toSeconds()));
    xml.writeEndElement();
  }

  private void restrictions(BrokerSettings.Limits limits) throws XMLStreamException {
    xml.writeStartElement("restrictions");
    element("max-connections", Integer.toString(limits.connections()));
    element("max-client-id-length", Integer.toString(CLIENT_ID_CHARACTERS));
    element("max-topic-length", Integer.toString(TOPIC_CHARACTERS));
    element("no-connect-idle-timeout", Integer.toString(CONNECT_TIMEOUT_MILLIS));
    xml.writeEndElement();
  }

  /** Nested elements by these names around the last argument. */
  private void group(String... namesAndText) throws XMLStreamException {
    int depth = namesAndText.length - 1;
    for (int i = 0; i < depth; i++) {
      xml.writeStartElement(namesAndText[i]);
    }
    xml.writeCharacters(namesAndText[depth]);
    for (int i = 0; i < depth; i++) {
      xml.writeEndElement();
    }
  }

  private void element(String name, String text) throws XMLStreamException {
    group(name, text);
  }
}
