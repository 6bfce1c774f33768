package io.covey.protocols.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.covey.protocols.id.Sha256;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ArtifactUrlTest {
  private static final Sha256 DIGEST = Sha256.of(new byte[0]);

  @ParameterizedTest
  @CsvSource({
    "https://models.example,models.example",
    "https://models.example:8464,models.example",
    "https://10.0.0.1:1/covey/v1,10.0.0.1",
    "https://[2001:db8::1]:65535/a.b,2001:db8::1"
  })
  void aFileIsBelowTheUrlUnderItsDigest(String text, String host) {
    ArtifactUrl url = new ArtifactUrl(text);
    assertThat(url.of(DIGEST)).hasToString(text + "/artifacts/" + DIGEST.hex());
    assertThat(url.host()).isEqualTo(host);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "http://models.example",
        "HTTPS://models.example",
        "ftp://models.example",
        "file:///etc/passwd",
        "https:models.example",
        "https:///artifacts",
        "https://user@models.example",
        "https://user:secret@models.example",
        "https://models.example?next=https://evil.example",
        "https://models.example#there",
        "https://models.example/",
        "https://models.example/a/",
        "https://models.example/a//b",
        "https://models.example/../admin",
        "https://models.example/a/..",
        "https://models.example/%2e%2e",
        "https://models.example:0",
        "https://models.example:65536",
        "https://models.example:port",
        "https://models example",
        "https://models.example\r\nHost: evil.example",
        "https://mod\u00e8les.example",
        "https://-:1"
      })
  void whatIsNoPlainHttpsUrlIsRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> new ArtifactUrl(text));
  }

  @Test
  void urlsAreBounded() {
    String long256 = "https://a/" + "b".repeat(246);
    assertThat(new ArtifactUrl(long256).text()).hasSize(256);
    assertThatIllegalArgumentException().isThrownBy(() -> new ArtifactUrl(long256 + "b"));
    List<ArtifactUrl> five = Collections.nCopies(5, new ArtifactUrl("https://a"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DesiredState(1, List.of(), List.of(), five))
        .withMessageContaining("URLs for artifacts is 5, expected 0 to 4");
  }

  @Test
  void aDesiredStateWithAnotherUrlIsNotBelieved() throws Exception {
    List<ArtifactUrl> two =
        List.of(new ArtifactUrl("https://a.example"), new ArtifactUrl("https://b.example"));
    Envelope said = new Envelope("boot", 1, new DesiredState(1, List.of(), List.of(), two));
    var wire =
        io.covey.protocols.message.wire.Envelope.parseFrom(MessageCodec.encode(said)).toBuilder();
    wire.getDesiredStateBuilder().setArtifactUrls(1, "https://user@models.example");
    assertThatExceptionOfType(DecodeException.class)
        .isThrownBy(() -> MessageCodec.decode(wire.build().toByteString()));
    wire.getDesiredStateBuilder().setArtifactUrls(1, "https://models.example");
    for (int i = 0; i < 3; i++) {
      wire.getDesiredStateBuilder().addArtifactUrls("https://models.example");
    }
    assertThatExceptionOfType(DecodeException.class)
        .isThrownBy(() -> MessageCodec.decode(wire.build().toByteString()));
  }
}
