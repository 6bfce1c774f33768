package io.covey.simulator.demo;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;

/** A form with files, as a browser sends it (RFC 7578). Belongs to one thread. */
final class MultipartForm {
  /** Occurs in nothing that the demo sends: its files are CSV, and a model that is checked. */
  private static final String BOUNDARY = "covey-demo-5c6f1b0a92e84d37";

  private final ByteArrayOutputStream parts = new ByteArrayOutputStream();

  /** Adds a text. */
  MultipartForm field(String name, String value) {
    begin("name=\"" + name + "\"", "text/plain; charset=utf-8");
    return end(value.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds a file. */
  MultipartForm file(String name, String fileName, byte[] content) {
    begin("name=\"" + name + "\"; filename=\"" + fileName + "\"", "application/octet-stream");
    return end(content);
  }

  /** Makes it the body of a POST. */
  HttpRequest.Builder post(HttpRequest.Builder request) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(parts.toByteArray());
    whole.writeBytes(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.US_ASCII));
    return request
        .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
        .POST(BodyPublishers.ofByteArray(whole.toByteArray()));
  }

  private void begin(String disposition, String type) {
    String head =
        "--%s\r\nContent-Disposition: form-data; %s\r\nContent-Type: %s\r\n\r\n"
            .formatted(BOUNDARY, disposition, type);
    parts.writeBytes(head.getBytes(StandardCharsets.UTF_8));
  }

  private MultipartForm end(byte[] content) {
    parts.writeBytes(content);
    parts.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
    return this;
  }
}
