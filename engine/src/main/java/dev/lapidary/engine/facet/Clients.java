package dev.lapidary.engine.facet;

import dev.lapidary.abi.Client;
import dev.lapidary.abi.Request;
import dev.lapidary.abi.Response;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/// Who waits for the responses that one life of a facet owes. Lives in its facet's mailbox; a
/// response may be given up on any thread.
final class Clients {
  private final Inbox inbox;
  private final Map<Long, Client> waiting = new ConcurrentHashMap<>();

  Clients(Inbox inbox) {
    this.inbox = inbox;
  }

  /// A request begins.
  ///
  /// @param reply completed when nobody waits any more
  void enter(long id, Request request, CompletableFuture<Response> reply) {
    Client client = request.client();
    if (client == Client.PATIENT) {
      return;
    }
    waiting.put(id, client);
    Runnable forget =
        client.whenGone(() -> inbox.post(instance -> instance.clientGone(id), () -> {}));
    CompletableFuture<?> ignored =
        reply.whenComplete(
            (response, failure) -> {
              waiting.remove(id);
              forget.run();
            });
  }

  /// Who waits for the response to a request; one that never leaves where nobody does.
  Client of(long id) {
    return waiting.getOrDefault(id, Client.PATIENT);
  }
}
