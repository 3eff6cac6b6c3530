package dev.auditwebhook.wire.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import dev.auditwebhook.json.ExactJson;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** Reads what receivers answer, of which anything may come. */
final class AnswerJson {

  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  private AnswerJson() {}

  /** A whole answer; an empty object when it is none. */
  static JsonObject object(byte[] body) {
    try {
      return ExactJson.parse(Buffer.buffer(body)) instanceof JsonObject object
          ? object
          : new JsonObject();
    } catch (IllegalArgumentException e) {
      return new JsonObject();
    }
  }

  /** A parser of one that may be cut. What is not UTF-8 is replaced. */
  static JsonParser parser(byte[] body) throws IOException {
    return FACTORY.createParser(
        new InputStreamReader(new ByteArrayInputStream(body), StandardCharsets.UTF_8));
  }
}
