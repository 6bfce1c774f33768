package io.covey.coordinator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.covey.coordinator.broker.TestFleet;
import io.covey.coordinator.store.FileArtifactStore;
import io.covey.crypto.identity.Revocations;
import io.covey.crypto.identity.x509.FleetTls;
import io.covey.crypto.identity.x509.MemberStanding;
import io.covey.crypto.identity.x509.Role;
import io.covey.crypto.identity.x509.TlsIdentity;
import io.covey.protocols.id.ModelVersion;
import io.covey.protocols.id.Sha256;
import io.covey.protocols.message.ArtifactReference;
import io.covey.protocols.message.ArtifactReference.Sealing;
import io.covey.protocols.message.Limits;
import io.covey.protocols.settings.HostPort;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The listener as devices meet it: over loopback, with certificates that a fleet has issued. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FileDeliveryTest {
  private static final int BYTES = 300_000;
  private static final HostPort ANYWHERE = new HostPort("127.0.0.1", 0);

  @TempDir private Path directory;

  private final Vertx vertx = Vertx.vertx();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final TestFleet fleet = new TestFleet("21");
  private final Revocations revocations = fleet.revocations();
  private final TlsIdentity kitchen = fleet.agent("kitchen");
  private final Map<Sha256, ArtifactReference> offered = new ConcurrentHashMap<>();
  private final byte[] sealed = random(1, BYTES);
  private final byte[] plain = random(2, BYTES - 100);
  private final ArtifactReference file =
      new ArtifactReference(
          ArtifactReference.Role.SERVING,
          Sha256.of(sealed),
          BYTES,
          Limits.CHUNK_CONTENT_BYTES,
          Optional.of(new Sealing(Sha256.of(plain), BYTES - 100, new ModelVersion(1))));
  private FileArtifactStore store;
  private int port;

  private static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @BeforeEach
  void start() {
    store = new FileArtifactStore(directory);
    store.put(sealed);
    store.put(plain);
    offered.put(file.digest(), file);
    port = deploy(UnaryOperator.identity()).port();
  }

  @AfterEach
  void stop() {
    AdminApi.await(vertx.close());
  }

  private FileDelivery deploy(UnaryOperator<FileDeliverySettings> terms) {
    FileDelivery delivery = listen(terms);
    delivery.admit();
    return delivery;
  }

  private FileDelivery listen(UnaryOperator<FileDeliverySettings> terms) {
    FileDelivery delivery =
        new FileDelivery(
            terms.apply(FileDeliverySettings.at(ANYWHERE)),
            new FileDelivery.Identity(
                TestFleet.FLEET,
                fleet.member(Role.DELIVERY),
                new MemberStanding(TestFleet.FLEET, revocations, InstantSource.system())),
            new FileDelivery.Files(digest -> Optional.ofNullable(offered.get(digest)), store),
            meters);
    AdminApi.await(vertx.deployVerticle(delivery));
    return delivery;
  }

  private static HttpClient client(TlsIdentity device) {
    return client(FleetTls.client(device, TestFleet.FLEET, Role.DELIVERY));
  }

  private static HttpClient client(SSLContext tls) {
    return HttpClient.newBuilder().sslContext(tls).version(HttpClient.Version.HTTP_1_1).build();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(30));
  }

  private HttpRequest.Builder request(Sha256 digest) {
    return request("/artifacts/" + digest.hex());
  }

  private HttpResponse<byte[]> get(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client(kitchen).send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  @Test
  void aDeviceGetsTheSealedFileWhole() throws Exception {
    HttpResponse<byte[]> answer = get(request(file.digest()));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(sealed);
    assertThat(header(answer, "ETag")).isEqualTo('"' + file.digest().hex() + '"');
    assertThat(header(answer, "Accept-Ranges")).isEqualTo("bytes");
    assertThat(header(answer, "Cache-Control")).contains("private", "immutable", "no-transform");
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-0,0,0",
    "bytes=0-120831,0,120831",
    "bytes=120832-299999,120832,299999",
    "bytes=299999-,299999,299999",
    "bytes=299990-999999999999999999,299990,299999",
    "bytes=-7,299993,299999"
  })
  void aRangeIsAnsweredWithItsBytes(String range, int first, int last) throws Exception {
    HttpResponse<byte[]> answer = get(request(file.digest()).header("Range", range));
    assertThat(answer.statusCode()).isEqualTo(206);
    assertThat(header(answer, "Content-Range"))
        .isEqualTo("bytes " + first + "-" + last + "/" + BYTES);
    assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(sealed, first, last + 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=300000-", "bytes=300000-300001", "bytes=-0"})
  void aRangeBeyondTheEndIsNotSatisfiable(String range) throws Exception {
    HttpResponse<byte[]> answer = get(request(file.digest()).header("Range", range));
    assertThat(answer.statusCode()).isEqualTo(416);
    assertThat(header(answer, "Content-Range")).isEqualTo("bytes */" + BYTES);
  }

  /** RFC 9110, section 14.2: such a field may be ignored, and is. */
  @ParameterizedTest
  @ValueSource(strings = {"bytes=5-4", "bytes=a-b", "lines=1-2", "bytes=0-1,3-4", "bytes=-", ""})
  void aRangeThatIsNoSingleOneIsAnsweredWithTheWhole(String range) throws Exception {
    HttpResponse<byte[]> answer = get(request(file.digest()).header("Range", range));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).hasSize(BYTES);
  }

  @Test
  void theHeadSaysWhatThereIs() throws Exception {
    HttpResponse<byte[]> answer =
        get(request(file.digest()).method("HEAD", HttpRequest.BodyPublishers.noBody()));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "Content-Length")).isEqualTo(Integer.toString(BYTES));
    HttpResponse<byte[]> known =
        get(request(file.digest()).header("If-None-Match", '"' + file.digest().hex() + '"'));
    assertThat(known.statusCode()).isEqualTo(304);
  }

  /** The store holds the plain files beside the sealed ones. */
  @Test
  void aPlainFileIsNotThereWhateverIsOffered() throws Exception {
    Sha256 digest = Sha256.of(plain);
    assertThat(get(request(digest)).statusCode()).isEqualTo(404);
    offered.put(
        digest,
        new ArtifactReference(
            ArtifactReference.Role.SERVING, digest, plain.length, Limits.CHUNK_CONTENT_BYTES));
    assertThat(get(request(digest)).statusCode()).as("offered by mistake").isEqualTo(404);
  }

  @Test
  void aFileThatIsNoLongerPublishedIsNotThere() throws Exception {
    offered.clear();
    HttpResponse<byte[]> answer = get(request(file.digest()));
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(header(answer, "Content-Type")).isEqualTo("application/problem+json");
    assertThat(new String(answer.body(), StandardCharsets.UTF_8))
        .contains("urn:covey:problem:not-found");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/artifacts/",
        "/artifacts/abc",
        "/artifacts/../artifacts/x",
        "/artifacts/%2e%2e/authority/authority.key",
        "/metrics",
        "/v1/models"
      })
  void nothingElseIsServed(String path) throws Exception {
    assertThat(get(request(path)).statusCode()).isEqualTo(404);
  }

  @Test
  void aRequestThatWouldWriteIsRefused() throws Exception {
    HttpResponse<byte[]> put =
        get(request(file.digest()).PUT(HttpRequest.BodyPublishers.ofString("other")));
    assertThat(put.statusCode()).isEqualTo(405);
    HttpResponse<byte[]> body =
        get(request(file.digest()).method("GET", HttpRequest.BodyPublishers.ofString("body")));
    assertThat(body.statusCode()).isEqualTo(400);
  }

  @Test
  void nobodyWithoutACertificateOfAnAgentOfTheFleetIsServed() {
    assertThatThrownBy(() -> ask(withoutCertificate())).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> ask(foreign())).isInstanceOf(IOException.class);
    assertRefused(fleet.member(Role.COORDINATOR));
    assertRefused(fleet.member(Role.BROKER));
  }

  /** A device of another fleet of the same name, which trusts whoever it meets. */
  private static SSLContext foreign() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance(FleetTls.PROTOCOL);
    context.init(
        FleetTls.keyManagers(new TestFleet("99").agent("kitchen")),
        new TrustManager[] {new InsecureTrust()},
        null);
    return context;
  }

  private static SSLContext withoutCertificate() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance(FleetTls.PROTOCOL);
    context.init(new KeyManager[0], new TrustManager[] {new InsecureTrust()}, null);
    return context;
  }

  private void assertRefused(TlsIdentity member) {
    assertThatThrownBy(() -> ask(FleetTls.client(member, TestFleet.FLEET, Role.DELIVERY)))
        .isInstanceOf(IOException.class);
  }

  private HttpResponse<byte[]> ask(SSLContext tls) throws IOException, InterruptedException {
    return client(tls)
        .send(request(file.digest()).build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  @Test
  void aServerOfAnotherRoleIsNotTakenForTheDelivery() {
    SSLContext expectsBroker = FleetTls.client(kitchen, TestFleet.FLEET, Role.BROKER);
    assertThatThrownBy(() -> ask(expectsBroker)).isInstanceOf(IOException.class);
  }

  @Test
  void whoIsRevokedIsRefusedAndItsConnectionThatStandsIsClosed() throws Exception {
    try (SSLSocket standing = connect()) {
      fleet.revoke(kitchen);
      assertThat(revocations.heed(fleet.list())).isEqualTo(Revocations.Verdict.TAKEN);
      // Ends when the server closes; the test's time limit is what fails it otherwise.
      assertThat(standing.getInputStream().read()).isEqualTo(-1);
    }
    assertRefused(kitchen);
    assertThat(FileDelivery.SWEEP)
        .as("five seconds are promised, with the news on its way in them")
        .isLessThanOrEqualTo(Duration.ofSeconds(2));
  }

  private SSLSocket connect() throws IOException {
    SSLSocket socket =
        (SSLSocket)
            FleetTls.client(kitchen, TestFleet.FLEET, Role.DELIVERY)
                .getSocketFactory()
                .createSocket("127.0.0.1", port);
    socket.startHandshake();
    return socket;
  }

  @Test
  void beforeRevocationsAreKnownNobodyIsLetIn() {
    port = listen(UnaryOperator.identity()).port();
    assertRefused(kitchen);
  }

  @Test
  void aDeviceHasOnlySoManyRequestsUnderWay() throws Exception {
    byte[] large = random(3, 16 << 20);
    offerLarge(large);
    Sha256 digest = Sha256.of(large);
    List<InputStream> held = new ArrayList<>();
    try {
      // Whoever does not read holds its answer up, and nobody else's.
      for (int i = 0; i < 2; i++) {
        held.add(
            client(kitchen)
                .send(request(digest).build(), HttpResponse.BodyHandlers.ofInputStream())
                .body());
      }
      assertThat(get(request(digest)).statusCode()).isEqualTo(429);
      assertThat(
              client(fleet.agent("cellar"))
                  .send(request(digest).build(), HttpResponse.BodyHandlers.ofByteArray())
                  .body())
          .isEqualTo(large);
    } finally {
      for (InputStream body : held) {
        body.close();
      }
    }
  }

  private void offerLarge(byte[] large) {
    store.put(large);
    offered.put(
        Sha256.of(large),
        new ArtifactReference(
            ArtifactReference.Role.SERVING,
            Sha256.of(large),
            large.length,
            Limits.CHUNK_CONTENT_BYTES,
            Optional.of(new Sealing(Sha256.of(plain), large.length - 3000, new ModelVersion(1)))));
  }

  @Test
  void whenAllPlacesAreTakenTheOthersComeLater() throws Exception {
    byte[] large = random(4, 16 << 20);
    offerLarge(large);
    port = deploy(terms -> terms.withTotals(10, 1)).port();
    try (InputStream held =
        client(kitchen)
            .send(request(Sha256.of(large)).build(), HttpResponse.BodyHandlers.ofInputStream())
            .body()) {
      HttpResponse<byte[]> busy =
          client(fleet.agent("cellar"))
              .send(request(file.digest()).build(), HttpResponse.BodyHandlers.ofByteArray());
      assertThat(busy.statusCode()).isEqualTo(503);
      assertThat(header(busy, "Retry-After")).isNotEmpty();
      assertThat(held.read()).isNotNegative();
    }
  }

  @Test
  void aDeviceThatDoesNotReadIsCutOff() throws Exception {
    byte[] large = random(5, 16 << 20);
    offerLarge(large);
    port = deploy(terms -> terms.withTimes(Duration.ofSeconds(30), Duration.ofMillis(200))).port();
    InputStream held =
        client(kitchen)
            .send(request(Sha256.of(large)).build(), HttpResponse.BodyHandlers.ofInputStream())
            .body();
    awaitCount("slow");
    assertThatThrownBy(held::readAllBytes).isInstanceOf(IOException.class);
  }

  /** Until the server has counted it; the test's time limit is what fails it otherwise. */
  private void awaitCount(String reason) {
    while (meters.find("covey.delivery.https.refused").tag("reason", reason).counter() == null) {
      Thread.onSpinWait();
    }
  }

  @Test
  void connectionsAreBounded() throws Exception {
    port = deploy(terms -> terms.withTotals(1, 1)).port();
    try (SSLSocket first = connect();
        SSLSocket second = connect()) {
      assertThat(second.getInputStream().read()).isEqualTo(-1);
      assertThat(first.isClosed()).isFalse();
    }
  }

  @Test
  void aRateHoldsTheAnswerUpAndChangesNothingInIt() throws Exception {
    port = deploy(terms -> terms.withRates(200_000, 200_000)).port();
    assertThat(get(request(file.digest())).body()).isEqualTo(sealed);
  }

  @Test
  void whatIsServedIsCounted() throws Exception {
    get(request(file.digest()).header("Range", "bytes=0-99"));
    get(request("/nothing"));
    assertThat(meters.counter("covey.delivery.https.requests", "code", "206").count()).isOne();
    assertThat(meters.counter("covey.delivery.https.requests", "code", "404").count()).isOne();
    assertThat(meters.counter("covey.delivery.https.bytes").count()).isEqualTo(100);
  }

  /** Trusts anybody, so that what is refused is refused by the server. */
  private static final class InsecureTrust extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
