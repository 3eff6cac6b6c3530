package dev.auditwebhook.bus;

import dev.auditwebhook.WebhookAddresses;
import dev.auditwebhook.journal.Acceptance;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Takes entries in, but none of this webhook's own messages that came back. */
final class EntryDesk {

  private static final String LOOP =
      "the entry came in a message of this webhook's own (loop guard)";

  private final Acceptance acceptance;
  private final String ownMessages;

  /**
   * @param ownMessages what the ids of all messages of this webhook begin with
   */
  EntryDesk(Acceptance acceptance, String ownMessages) {
    this.acceptance = acceptance;
    this.ownMessages = ownMessages;
  }

  /**
   * @param reply who is to have the reply, {@code null} when nobody is
   */
  void take(Message<Object> entry, Consumer<JsonObject> reply) {
    List<String> cameIn = entry.headers().getAll(WebhookAddresses.MESSAGE_ID);
    if (cameIn.stream().anyMatch(this::isOwn)) {
      acceptance.reject(LOOP);
      throw Refusal.of(508, LOOP);
    }
    acceptance.accept(
        entry.body(), reply == null ? null : accepted -> reply.accept(accepted.toJson()));
  }

  /** A proxy may have joined several headers to one. */
  private boolean isOwn(String ids) {
    return Stream.of(ids.split(",")).anyMatch(id -> id.strip().startsWith(ownMessages));
  }
}
