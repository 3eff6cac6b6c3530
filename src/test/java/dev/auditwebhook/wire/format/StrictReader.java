package dev.auditwebhook.wire.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads JSON as a strict receiver: UTF-8 alone, no key twice, nothing after the end. */
final class StrictReader {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private StrictReader() {}

  /** One value. */
  static JsonNode one(byte[] json) throws IOException {
    return MAPPER.readTree(decoded(json));
  }

  static JsonNode one(String json) throws IOException {
    return MAPPER.readTree(json);
  }

  /** One value a line; each line ends with a line feed. */
  static List<JsonNode> lines(byte[] json) throws IOException {
    String text = decoded(json);
    assertThat(text).endsWith("\n");
    List<JsonNode> values = new ArrayList<>();
    for (String line : text.substring(0, text.length() - 1).split("\n", -1)) {
      values.add(one(line));
    }
    return values;
  }

  /** Values that follow one another. */
  static List<JsonNode> concatenated(byte[] json) throws IOException {
    try (JsonParser parser = MAPPER.createParser(decoded(json));
        MappingIterator<JsonNode> values =
            MAPPER
                .readerFor(JsonNode.class)
                .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .readValues(parser)) {
      return values.readAll();
    }
  }

  static List<String> keys(JsonNode object) {
    List<String> keys = new ArrayList<>();
    object.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  private static String decoded(byte[] json) throws IOException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
  }
}
