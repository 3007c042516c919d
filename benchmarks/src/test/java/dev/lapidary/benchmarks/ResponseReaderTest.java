package dev.lapidary.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ResponseReaderTest {
  private final ResponseReader reader = new ResponseReader();

  @Test
  void anAnswerIsReadOnlyWhenItsLastByteIsThere() {
    byte[] bytes = "HTTP/1.1 200 OK\r\ncontent-LENGTH: 3\r\n\r\n123".getBytes(US_ASCII);
    for (int n = 0; n < bytes.length; n++) {
      assertThat(reader.read(bytes, n)).isFalse();
    }
    assertThat(reader.read(bytes, bytes.length)).isTrue();
    assertThat(reader.status()).isEqualTo(200);
    assertThat(reader.bodyNumber()).isEqualTo(123);
  }

  @Test
  void chunksAreJoined() {
    byte[] bytes =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"
            .getBytes(US_ASCII);
    for (int n = 0; n < bytes.length; n++) {
      assertThat(reader.read(bytes, n)).isFalse();
    }
    assertThat(reader.read(bytes, bytes.length)).isTrue();
    assertThat(reader.bodyEquals("hello".getBytes(US_ASCII))).isTrue();
  }

  @Test
  void aBodyThatIsNoNumberIsNone() {
    byte[] bytes = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n1x".getBytes(US_ASCII);
    assertThat(reader.read(bytes, bytes.length)).isTrue();
    assertThat(reader.bodyNumber()).isEqualTo(-1);
  }

  @Test
  void whatIsNotHttpIsRefused() {
    byte[] bytes = "SSH-2.0-OpenSSH\r\n\r\n".getBytes(US_ASCII);
    assertThatIllegalArgumentException().isThrownBy(() -> reader.read(bytes, bytes.length));
  }
}
