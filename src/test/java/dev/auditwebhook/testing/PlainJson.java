package dev.auditwebhook.testing;

import io.vertx.core.json.jackson.JacksonCodec;
import io.vertx.core.spi.JsonFactory;
import io.vertx.core.spi.json.JsonCodec;

/**
 * The codec that Vert.x has where jackson-databind is not, as in our jar: in tests it is there, for
 * the readers of other formats.
 */
public final class PlainJson implements JsonFactory {

  @Override
  public JsonCodec codec() {
    return new JacksonCodec();
  }
}
