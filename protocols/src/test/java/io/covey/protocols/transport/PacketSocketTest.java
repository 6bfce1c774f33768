package io.covey.protocols.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class PacketSocketTest {
  private static final int MAXIMUM = 1000;

  private final PacketSocketFactory factory = new PacketSocketFactory(MAXIMUM, Optional.empty());
  private ServerSocket server;
  private Socket client;
  private Socket broker;
  private OutputStream fromBroker;

  @BeforeEach
  void connect() throws IOException {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    client = factory.createSocket();
    client.connect(server.getLocalSocketAddress());
    client.setSoTimeout(20);
    broker = server.accept();
    fromBroker = broker.getOutputStream();
  }

  @AfterEach
  void close() throws IOException {
    factory.close();
    broker.close();
    server.close();
  }

  @Test
  void headerIsGivenOutWholeHoweverItArrives() throws IOException {
    write();
    InputStream in = client.getInputStream();
    // PUBLISH of 200 bytes: three bytes of header.
    for (int part : new int[] {0x30, 0xC8}) {
      fromBroker.write(part);
      assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class);
    }
    fromBroker.write(0x01);
    fromBroker.write(new byte[200]);
    client.setSoTimeout(30_000);
    assertThat(in.read()).isEqualTo(0x30);
    assertThat(in.read()).isEqualTo(0xC8);
    assertThat(in.read()).isEqualTo(0x01);
    assertThat(in.readNBytes(200)).hasSize(200);
  }

  @Test
  void packetsFollowEachOtherWhateverTheirSize() throws IOException {
    write();
    client.setSoTimeout(30_000);
    InputStream in = client.getInputStream();
    byte[] packets = {(byte) 0xD0, 0, 0x40, 2, 7, 8, (byte) 0xD0, 0, 0x20, 3, 0, 0, 0};
    fromBroker.write(packets);
    assertThat(in.readNBytes(packets.length)).isEqualTo(packets);
  }

  @Test
  void oneReadNeverReachesIntoTheNextPacket() throws IOException {
    write();
    client.setSoTimeout(30_000);
    InputStream in = client.getInputStream();
    fromBroker.write(new byte[] {0x40, 2, 7, 8, 0x40, 2, 9, 9});
    byte[] buffer = new byte[100];
    assertThat(in.read(buffer)).isEqualTo(2);
    assertThat(in.read(buffer)).isLessThanOrEqualTo(2);
  }

  @Test
  void packetBeyondTheBoundIsRefusedAtItsHeader() throws IOException {
    write();
    client.setSoTimeout(30_000);
    InputStream in = client.getInputStream();
    fromBroker.write(new byte[] {0x30, (byte) 0xE9, 0x07});
    assertThatThrownBy(in::read)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("1001 bytes, expected at most 1000");
  }

  @Test
  void lengthOfMoreThanFourBytesIsMalformed() throws IOException {
    write();
    client.setSoTimeout(30_000);
    InputStream in = client.getInputStream();
    fromBroker.write(new byte[] {0x30, -1, -1, -1, -1, 1});
    assertThatThrownBy(in::read).isInstanceOf(IOException.class).hasMessageContaining("malformed");
  }

  @Test
  void nothingIsReadBeforeSomethingIsWritten() throws IOException {
    InputStream in = client.getInputStream();
    broker.close();
    assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class);
    assertThat(in.available()).isZero();
    write();
    client.setSoTimeout(30_000);
    assertThat(in.read()).isEqualTo(-1);
  }

  @Test
  void endWithinAHeaderIsNoEnd() throws IOException {
    write();
    client.setSoTimeout(30_000);
    InputStream in = client.getInputStream();
    fromBroker.write(0x30);
    broker.shutdownOutput();
    assertThatThrownBy(in::read).isInstanceOf(EOFException.class);
  }

  @Test
  void lastWordsReachABrokerThatWasStillTalking() throws IOException {
    write();
    client.setSoTimeout(30_000);
    fromBroker.write(new byte[5000]);
    fromBroker.flush();
    factory.awaitPeerOnClose();
    client.getOutputStream().write(new byte[] {(byte) 0xE0, 0}, 0, 2);
    client.shutdownInput();
    client.close();
    // Closed with unread bytes, the socket would have answered with a reset.
    assertThat(broker.getInputStream().readAllBytes())
        .containsExactly((byte) 0xC0, (byte) 0, (byte) 0xE0, (byte) 0);
  }

  @Test
  void closedFactoryMakesNoSocketAndAnOpenOneMakesOne() {
    assertThatThrownBy(factory::createSocket).isInstanceOf(SocketException.class);
    PacketSocketFactory closed = new PacketSocketFactory(MAXIMUM, Optional.empty());
    closed.close();
    assertThatThrownBy(closed::createSocket).isInstanceOf(SocketException.class);
  }

  private void write() throws IOException {
    client.getOutputStream().write(new byte[] {(byte) 0xC0, 0}, 0, 2);
  }
}
