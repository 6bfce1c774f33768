package io.covey.protocols.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A broker that does what its test says, byte by byte, on the test's own thread. It speaks as much
 * of MQTT 5.0 as the tests need.
 */
final class FakeBroker implements AutoCloseable {
  static final int CONNECT = 1;
  static final int PUBLISH = 3;
  static final int PUBACK = 4;
  static final int SUBSCRIBE = 8;
  static final int UNSUBSCRIBE = 10;
  static final int PINGREQ = 12;
  static final int DISCONNECT = 14;

  private static final int TIMEOUT_MILLIS = 30_000;

  private final ServerSocket server;
  private final List<Session> sessions = new ArrayList<>();

  FakeBroker() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    server.setSoTimeout(TIMEOUT_MILLIS);
  }

  URI address() {
    return URI.create("mqtt://127.0.0.1:" + server.getLocalPort());
  }

  /** The next TCP connection. */
  Session accept() throws IOException {
    Session session = new Session(server.accept());
    sessions.add(session);
    return session;
  }

  /** The next connection, accepted as MQTT too, with its SUBSCRIBE answered if it has one. */
  Session acceptClient(boolean sessionPresent, int... connackProperties) throws IOException {
    Session session = accept();
    session.expect(CONNECT);
    session.connack(sessionPresent, connackProperties);
    return session;
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Session session : sessions) {
      session.close();
    }
  }

  /** One packet as it came. */
  record Packet(int type, int flags, ByteBuffer body) {

    /** The packet id of everything but a PUBLISH. */
    int id() {
      return body.duplicate().getShort() & 0xFFFF;
    }

    /** The last byte: the reason of a short PUBACK or DISCONNECT. */
    int lastByte() {
      return body.get(body.limit() - 1) & 0xFF;
    }

    Published published() {
      ByteBuffer in = body.duplicate();
      String topic = text(in);
      boolean reliable = (flags & 0x06) != 0;
      int id = reliable ? in.getShort() & 0xFFFF : 0;
      int properties = in.get();
      in.position(in.position() + properties);
      return new Published(topic, id, StandardCharsets.UTF_8.decode(in).toString());
    }

    /** Filters of a SUBSCRIBE, each with its options byte in hex. */
    List<String> filters() {
      ByteBuffer in = body.duplicate();
      in.getShort();
      in.position(in.position() + 1 + in.get(in.position()));
      List<String> filters = new ArrayList<>();
      while (in.hasRemaining()) {
        String filter = text(in);
        filters.add(type == SUBSCRIBE ? filter + " " + Integer.toHexString(in.get()) : filter);
      }
      return filters;
    }

    private static String text(ByteBuffer in) {
      byte[] bytes = new byte[in.getShort() & 0xFFFF];
      in.get(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  /** A PUBLISH. */
  record Published(String topic, int id, String payload) {}

  /** One TCP connection, seen from the broker. */
  static final class Session implements AutoCloseable {
    private final Socket socket;
    private final DataInputStream in;

    Session(Socket socket) throws IOException {
      this.socket = socket;
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.setTcpNoDelay(true);
      in = new DataInputStream(socket.getInputStream());
    }

    /** The next packet that is no PINGREQ, which must be of this type. Pings are answered. */
    Packet expect(int type) throws IOException {
      Packet packet = read();
      while (packet.type() == PINGREQ && type != PINGREQ) {
        send(0xD0, 0);
        packet = read();
      }
      assertThat(packet.type()).as("type of %s", packet).isEqualTo(type);
      return packet;
    }

    Packet read() throws IOException {
      int first = in.readUnsignedByte();
      int length = 0;
      int shift = 0;
      int next;
      do {
        next = in.readUnsignedByte();
        length |= (next & 0x7F) << shift;
        shift += 7;
      } while ((next & 0x80) != 0);
      byte[] body = new byte[length];
      in.readFully(body);
      return new Packet(first >> 4, first & 0x0F, ByteBuffer.wrap(body));
    }

    /** Answers pings until the client ends the connection; true if it did so by a DISCONNECT. */
    boolean awaitEnd() throws IOException {
      boolean disconnected = false;
      try {
        while (true) {
          Packet packet = read();
          disconnected |= packet.type() == DISCONNECT;
          if (packet.type() == PINGREQ) {
            send(0xD0, 0);
          }
        }
      } catch (EOFException | SocketException e) {
        return disconnected;
      }
    }

    int available() throws IOException {
      return in.available();
    }

    void connack(boolean sessionPresent, int... properties) throws IOException {
      byte[] body = new byte[properties.length];
      for (int i = 0; i < properties.length; i++) {
        body[i] = (byte) properties[i];
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.write(sessionPresent ? 1 : 0);
      out.write(0);
      out.write(body.length);
      out.write(body);
      packet(0x20, out.toByteArray());
    }

    void puback(int id, int reason) throws IOException {
      packet(0x40, new byte[] {(byte) (id >> 8), (byte) id, (byte) reason, 0});
    }

    /** Reads a SUBSCRIBE and grants all of it. */
    List<String> grant() throws IOException {
      Packet packet = expect(SUBSCRIBE);
      List<String> filters = packet.filters();
      byte[] body = new byte[3 + filters.size()];
      ByteBuffer.wrap(body).putShort((short) packet.id());
      Arrays.fill(body, 3, body.length, (byte) 1);
      packet(0x90, body);
      return filters;
    }

    void publish(String topic, int id, boolean redelivered, byte[] payload) throws IOException {
      byte[] name = topic.getBytes(StandardCharsets.UTF_8);
      ByteBuffer body = ByteBuffer.allocate(2 + name.length + 3 + payload.length);
      body.putShort((short) name.length).put(name).putShort((short) id).put((byte) 0).put(payload);
      packet(redelivered ? 0x3A : 0x32, body.array());
    }

    void packet(int first, byte[] body) throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.write(first);
      int length = body.length;
      do {
        int digit = length & 0x7F;
        length >>= 7;
        out.write(length > 0 ? digit | 0x80 : digit);
      } while (length > 0);
      out.write(body);
      sendBytes(out.toByteArray());
    }

    void send(int... bytes) throws IOException {
      byte[] raw = new byte[bytes.length];
      for (int i = 0; i < bytes.length; i++) {
        raw[i] = (byte) bytes[i];
      }
      sendBytes(raw);
    }

    void sendBytes(byte[] raw) throws IOException {
      socket.getOutputStream().write(raw);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
