package dev.lapidary.engine.outbound;

import dev.lapidary.abi.rpc.WebSocket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// The frames of a WebSocket's client: bytes of a server's to what they say, and back. A server's
/// text is not looked at; its frames may be masked. Not thread-safe.
final class Frames implements AutoCloseable {
  private static final int FINAL = 0x80;
  private static final int MASKED = 0x80;
  private static final int TEXT = 1;
  private static final int BINARY = 2;

  private final Decoder decoder;
  private final EmbeddedChannel codec;
  private final int messageBytes;
  private @Nullable ByteArrayOutputStream partial;
  private boolean partialIsText;

  /// What a server said.
  sealed interface Said {
    record Message(WebSocket.Message message) implements Said {}

    record Ping(Buffer payload) implements Said {}

    /// That nothing follows.
    ///
    /// @param code [WebSocket#NO_STATUS] for none
    record Close(int code, String reason) implements Said {}
  }

  /// A server that does not keep to the protocol, or to the limits.
  static final class Broken extends Exception {
    private static final long serialVersionUID = 1L;
    private final int code;

    Broken(int code, String message) {
      super(message, null, false, false);
      this.code = code;
    }

    /// What to tell the server.
    int code() {
      return code;
    }
  }

  /// @param messageBytes in one message at most
  Frames(int messageBytes) {
    this.messageBytes = messageBytes;
    WebSocketDecoderConfig config =
        WebSocketDecoderConfig.newBuilder()
            .expectMaskedFrames(false)
            .allowMaskMismatch(true)
            .allowExtensions(false)
            .closeOnProtocolViolation(false)
            .withUTF8Validator(false)
            .maxFramePayloadLength(messageBytes)
            .build();
    this.decoder = new Decoder(config);
    this.codec = new EmbeddedChannel(decoder, new WebSocket13FrameEncoder(true));
  }

  private static final class Decoder extends WebSocket13FrameDecoder {
    Decoder(WebSocketDecoderConfig config) {
      super(config);
    }

    /// Bytes of a frame that is not complete.
    int unread() {
      return actualReadableBytes();
    }
  }

  /// Takes what arrived.
  ///
  /// @param into gets what is complete, also where more than that is broken
  void read(Buffer bytes, List<Said> into) throws Broken {
    try {
      codec.writeInbound(Unpooled.wrappedBuffer(bytes.getBytes()));
    } catch (CorruptedWebSocketFrameException e) {
      takeFrames(into);
      throw new Broken(e.closeStatus().code(), String.valueOf(e.getMessage()));
    }
    takeFrames(into);
  }

  /// Bytes held of what is not complete.
  long unfinished() {
    return (long) decoder.unread() + (partial == null ? 0 : partial.size());
  }

  private void takeFrames(List<Said> into) throws Broken {
    for (WebSocketFrame frame = codec.readInbound(); frame != null; frame = codec.readInbound()) {
      try {
        take(frame, into);
      } finally {
        frame.release();
      }
    }
  }

  private void take(WebSocketFrame frame, List<Said> into) throws Broken {
    byte[] payload = ByteBufUtil.getBytes(frame.content());
    switch (frame) {
      case PingWebSocketFrame ping -> into.add(new Said.Ping(Buffer.buffer(payload)));
      case PongWebSocketFrame pong -> {}
      case CloseWebSocketFrame close -> {
        String reason = close.reasonText();
        into.add(
            payload.length == 0
                ? new Said.Close(WebSocket.NO_STATUS, "")
                : new Said.Close(close.statusCode(), reason == null ? "" : reason));
      }
      default -> part(frame, payload, into);
    }
  }

  private void part(WebSocketFrame frame, byte[] payload, List<Said> into) throws Broken {
    if (!(frame instanceof ContinuationWebSocketFrame)) {
      partialIsText = frame instanceof TextWebSocketFrame;
      if (frame.isFinalFragment()) {
        into.add(message(payload));
        return;
      }
      partial = new ByteArrayOutputStream();
    }
    ByteArrayOutputStream message = partial;
    if (message == null) {
      throw new Broken(WebSocketCloseStatus.PROTOCOL_ERROR.code(), "Unexpected continuation frame");
    }
    long size = (long) message.size() + payload.length;
    if (size > messageBytes) {
      throw new Broken(
          WebSocketCloseStatus.MESSAGE_TOO_BIG.code(),
          "Message is too large: " + size + " > " + messageBytes);
    }
    message.writeBytes(payload);
    if (frame.isFinalFragment()) {
      partial = null;
      into.add(message(message.toByteArray()));
    }
  }

  private Said message(byte[] payload) {
    return new Said.Message(
        partialIsText
            ? new WebSocket.Message.Text(payload)
            : new WebSocket.Message.Binary(payload));
  }

  /// The frame of a message, for any thread: to mask megabytes takes longer than an event loop may.
  static Buffer message(WebSocket.Message message) {
    return switch (message) {
      case WebSocket.Message.Text text -> masked(TEXT, text.utf8());
      case WebSocket.Message.Binary binary -> masked(BINARY, binary.bytes());
    };
  }

  private static Buffer masked(int opcode, byte[] payload) {
    int length = payload.length;
    int head = length < 126 ? 6 : length < 65_536 ? 8 : 14;
    ByteBuffer frame = ByteBuffer.allocate(head + length).put((byte) (FINAL | opcode));
    if (length < 126) {
      frame.put((byte) (MASKED | length));
    } else if (length < 65_536) {
      frame.put((byte) (MASKED | 126)).putShort((short) length);
    } else {
      frame.put((byte) (MASKED | 127)).putLong(length);
    }
    byte[] mask = new byte[4];
    ThreadLocalRandom.current().nextBytes(mask);
    frame.put(mask);
    byte[] bytes = frame.array();
    for (int i = 0; i < length; i++) {
      bytes[head + i] = (byte) (payload[i] ^ mask[i & 3]);
    }
    return Buffer.buffer(bytes);
  }

  Buffer pong(Buffer payload) {
    return written(new PongWebSocketFrame(Unpooled.wrappedBuffer(payload.getBytes())));
  }

  /// A close frame.
  ///
  /// @param code [WebSocket#NO_STATUS] for none; of others it is not asked who may use them
  Buffer close(int code, String reason) {
    ByteBuf payload = Unpooled.buffer();
    if (code != WebSocket.NO_STATUS) {
      payload.writeShort(code);
      payload.writeBytes(reason.getBytes(StandardCharsets.UTF_8));
    }
    return written(new CloseWebSocketFrame(true, 0, payload));
  }

  private Buffer written(WebSocketFrame frame) {
    codec.writeOutbound(frame);
    List<byte[]> parts = new ArrayList<>();
    for (ByteBuf part = codec.readOutbound(); part != null; part = codec.readOutbound()) {
      parts.add(ByteBufUtil.getBytes(part));
      part.release();
    }
    Buffer bytes = Buffer.buffer(parts.stream().mapToInt(part -> part.length).sum());
    parts.forEach(bytes::appendBytes);
    return bytes;
  }

  @Override
  public void close() {
    codec.finishAndReleaseAll();
  }
}
