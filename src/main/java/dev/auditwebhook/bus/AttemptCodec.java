package dev.auditwebhook.bus;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageCodec;
import io.vertx.core.json.JsonObject;
import java.util.function.Supplier;

/**
 * Publishes JSON that is made once a consumer receives it, a copy for each, and not at all while
 * there is none. Consumers see a plain {@link JsonObject}. Never leaves the process.
 */
final class AttemptCodec implements MessageCodec<Supplier<JsonObject>, JsonObject> {

  private static final String NAME = "dev.auditwebhook.attempt";

  private AttemptCodec() {}

  /** The options to publish a supplier with, known to this Vert.x from now on. */
  static DeliveryOptions register(Vertx vertx) {
    try {
      vertx.eventBus().registerCodec(new AttemptCodec());
    } catch (IllegalStateException e) {
      // Another webhook of this Vert.x, or this one before a redeploy, has registered it.
    }
    return new DeliveryOptions().setCodecName(NAME).setLocalOnly(true);
  }

  @Override
  public JsonObject transform(Supplier<JsonObject> message) {
    return message.get();
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }

  @Override
  public void encodeToWire(Buffer buffer, Supplier<JsonObject> message) {
    throw new UnsupportedOperationException("published in this process only");
  }

  @Override
  public JsonObject decodeFromWire(int position, Buffer buffer) {
    throw new UnsupportedOperationException("published in this process only");
  }
}
