package dev.auditwebhook.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.WebhookAddresses;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** Stands for the webhook on the bus: answers as it was told, and remembers what it was asked. */
final class BusWebhook {

  private final Vertx vertx;
  private final Map<String, ConcurrentLinkedQueue<Object>> asked = new ConcurrentHashMap<>();
  private final List<MessageConsumer<Object>> consumers = new ArrayList<>();

  BusWebhook(Vertx vertx) {
    this.vertx = vertx;
  }

  /** A webhook that answers all addresses with its own name for them. */
  static BusWebhook answeringAll(Vertx vertx) {
    WebhookAddresses addresses = WebhookAddresses.of("webhook");
    BusWebhook webhook = new BusWebhook(vertx);
    for (String address :
        List.of(
            addresses.get(),
            addresses.set(),
            addresses.dlq(),
            addresses.redrive(),
            addresses.purge(),
            addresses.test(),
            addresses.endpoints(),
            addresses.nodes(),
            addresses.put(),
            addresses.remove())) {
      webhook.replies(address, new JsonObject().put("type", address));
    }
    webhook.replies("audit.entry", new JsonObject().put("status", "queued").put("event_id", 1));
    webhook.replies("webhook.ready", new JsonObject("{\"ready\":true,\"reasons\":[]}"));
    webhook.replies("webhook.health", new JsonObject("{\"healthy\":true,\"reasons\":[]}"));
    return webhook;
  }

  /** A webhook that knows these endpoints, and refuses others as the real one does. */
  static BusWebhook knowing(Vertx vertx, String... endpoints) {
    List<String> known = List.of(endpoints);
    return new BusWebhook(vertx)
        .handles(
            "webhook.get",
            message -> {
              String id = ((JsonObject) message.body()).getString("endpoint", "default");
              if (known.contains(id)) {
                message.reply(new JsonObject().put("endpoint", id));
              } else {
                message.fail(404, "endpoint: there is no such endpoint");
              }
            });
  }

  BusWebhook replies(String address, Object reply) {
    return handles(address, message -> message.reply(reply));
  }

  BusWebhook fails(String address, int code, String text) {
    return handles(address, message -> message.fail(code, text));
  }

  BusWebhook handles(String address, Consumer<Message<Object>> handler) {
    ConcurrentLinkedQueue<Object> log = new ConcurrentLinkedQueue<>();
    asked.put(address, log);
    MessageConsumer<Object> consumer = vertx.eventBus().consumer(address);
    consumers.add(consumer);
    consumer.handler(
        message -> {
          log.add(String.valueOf(message.body()));
          handler.accept(message);
        });
    return this;
  }

  /** What an address was asked, as text. */
  List<Object> asked(String address) {
    return List.copyOf(asked.get(address));
  }

  /** Nobody asked for a change, or for what goes to a receiver. */
  void assertNothingWasChanged() {
    for (String address :
        List.of(
            "webhook.set",
            "webhook.test",
            "webhook.dlq.redrive",
            "webhook.dlq.purge",
            "webhook.endpoint.put",
            "webhook.endpoint.remove")) {
      assertThat(asked(address)).as(address).isEmpty();
    }
  }
}
