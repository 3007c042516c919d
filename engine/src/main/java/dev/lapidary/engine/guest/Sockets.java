package dev.lapidary.engine.guest;

import dev.lapidary.abi.rpc.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// The WebSocket ends of one guest, by number. Asked within its turns; what is sent and closed
/// leaves as an effect. Numbers that name no end are ignored, or answered with nothing: it may have
/// gone.
public interface Sockets {

  /// Makes a connection of which the guest has both ends, this number and the next.
  ///
  /// @param memory what waits for either end is taken from
  /// @throws IllegalArgumentException where the guest has too many
  int open(MemoryBudget memory);

  /// Takes an end over that came with a response.
  ///
  /// @throws IllegalArgumentException where the guest has too many
  int hold(WebSocket end);

  /// Gives an end away.
  ///
  /// @throws IllegalArgumentException where there is no such end
  WebSocket release(int number);

  /// Begins to deliver what an end receives; it lives no longer than the guest.
  void accept(int number);

  /// Begins to deliver what an end receives; it outlives the guest, and wakes the next one.
  ///
  /// @throws IllegalArgumentException where too many do
  void hibernate(int number, List<String> tags, byte @Nullable [] attachment);

  /// The ends that [#hibernate] was called for and whose peers have not closed: the newest first,
  /// or those of a tag, the oldest first.
  List<Integer> open(@Nullable String tag);

  List<String> tags(int number);

  boolean peerClosed(int number);

  boolean closed(int number);

  byte @Nullable [] attachment(int number);

  void attach(int number, byte[] attachment);

  /// What answers without the guest; null for nothing.
  void respond(@Nullable AutoResponse response);

  @Nullable AutoResponse autoResponse();

  /// When an end was last answered so, in milliseconds since 1970.
  OptionalLong respondedMillis(int number);

  /// How long a handler of the guest's may take, in milliseconds; 0 for as long as it wants.
  int eventTimeoutMillis();

  void setEventTimeoutMillis(int millis);

  /// A text, and what it is answered with.
  record AutoResponse(String request, String response) {
    static final int MAX_LENGTH = 2_048;

    public AutoResponse {
      if (request.length() > MAX_LENGTH || response.length() > MAX_LENGTH) {
        throw new IllegalArgumentException(
            "an auto-response and its request have at most " + MAX_LENGTH + " characters each");
      }
    }

    /// Whether a text is the request; a long one is not looked into.
    public boolean answers(WebSocket.Message.Text text) {
      return text.size() <= MAX_LENGTH * 3 && text.text().equals(request);
    }

    /// The response on its way.
    public WebSocket.Message message() {
      return new WebSocket.Message.Text(
          response.getBytes(StandardCharsets.UTF_8), WebSocket.Message.Cause.AUTOMATIC);
    }
  }
}
