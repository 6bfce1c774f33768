package io.covey.architecture.planted.coordinator.registry;

/** Planted: uses every library outside its home. */
public final class Homeless {
  Object bouncyCastle() {
    return new org.bouncycastle.crypto.digests.SHA256Digest();
  }

  Object bouncyCastleCertificates(byte[] encoded) throws java.io.IOException {
    return new org.bouncycastle.cert.X509CertificateHolder(encoded);
  }

  void paho(org.eclipse.paho.mqttv5.common.MqttMessage message) {
    message.clearPayload();
  }

  void tensorFlowLite(org.bytedeco.tensorflowlite.FlatBufferModel model) {
    model.close();
  }

  Object flatbuffers() {
    return new com.google.flatbuffers.FlatBufferBuilder();
  }

  Object fastCsv() {
    return de.siegmar.fastcsv.reader.CsvReader.builder();
  }

  java.util.concurrent.CompletableFuture<Void> hiveMq(com.hivemq.embedded.EmbeddedHiveMQ broker) {
    return broker.stop();
  }

  void jdbc(java.sql.Connection connection) throws java.sql.SQLException {
    connection.close();
  }

  void jdbi(org.jdbi.v3.core.Jdbi jdbi) {
    jdbi.installPlugins();
  }
}
