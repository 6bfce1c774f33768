package io.covey.coordinator.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A form as a browser or curl sends it (RFC 7578). */
final class MultipartForm {
  private static final String BOUNDARY = "boundary-of-a-test";
  private final ByteArrayOutputStream parts = new ByteArrayOutputStream();

  MultipartForm field(String name, String value) {
    text("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n");
    text(value + "\r\n");
    return this;
  }

  MultipartForm file(String name, byte[] content) {
    text("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + name + "\";");
    text(" filename=\"../../" + name + ".bin\"\r\nContent-Type: application/octet-stream\r\n\r\n");
    parts.writeBytes(content);
    text("\r\n");
    return this;
  }

  String contentType() {
    return "multipart/form-data; boundary=" + BOUNDARY;
  }

  byte[] bytes() {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(parts.toByteArray());
    whole.writeBytes(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.US_ASCII));
    return whole.toByteArray();
  }

  private void text(String text) {
    parts.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }
}
