package dev.auditwebhook.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON from outside without changing it: whole numbers of any size stay whole, and decimals
 * keep every digit (as {@link java.math.BigDecimal}) instead of becoming a {@code double}.
 *
 * <p>What is refused, with an {@link IllegalArgumentException} of one line that repeats nothing of
 * the text: what RFC 8259 does not call JSON, a key that is there twice in one object (readers do
 * not agree which value counts), a byte-order mark, bytes that are not UTF-8, half of a surrogate
 * pair, more than {@value #MAX_DEPTH} levels, and numbers of more than {@value #MAX_NUMBER_LENGTH}
 * characters.
 */
public final class ExactJson {

  /** The most levels: writers stop at 1000, and replies put a few levels around a value. */
  public static final int MAX_DEPTH = 900;

  /** The most characters of a number: reading one takes quadratic time. */
  public static final int MAX_NUMBER_LENGTH = 1000;

  private static final JsonFactory FACTORY = factory(MAX_DEPTH);
  private static final JsonFactory OF_REPLIES = factory(MAX_DEPTH + 20);

  private ExactJson() {}

  private static JsonFactory factory(int maxDepth) {
    return new JsonFactoryBuilder()
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(maxDepth)
                .maxNumberLength(MAX_NUMBER_LENGTH)
                .maxNameLength(Integer.MAX_VALUE)
                .maxStringLength(Integer.MAX_VALUE)
                .build())
        .build();
  }

  /**
   * Parses one JSON value in UTF-8: a {@link JsonObject}, {@link JsonArray}, String, Integer, Long,
   * BigInteger, BigDecimal, Boolean or {@code null}.
   */
  public static Object parse(Buffer json) {
    return parse(json, FACTORY);
  }

  /** As {@link #parse}, with the few levels more that our replies put around a value. */
  public static Object parseReply(Buffer json) {
    return parse(json, OF_REPLIES);
  }

  private static Object parse(Buffer json, JsonFactory factory) {
    try (JsonParser parser = factory.createParser(text(json))) {
      parser.nextToken();
      Object value = value(parser);
      if (parser.nextToken() != null) {
        throw refused("not JSON: more than one value", parser.currentTokenLocation());
      }
      return wrapped(value);
    } catch (CharacterCodingException e) {
      throw refused("not UTF-8", null);
    } catch (StreamConstraintsException e) {
      String most = "more than %s levels, or a number of more than %s characters";
      throw refused(most.formatted(MAX_DEPTH, MAX_NUMBER_LENGTH), e.getLocation());
    } catch (JsonProcessingException e) {
      throw refused("not JSON", e.getLocation());
    } catch (IOException | ArithmeticException | NumberFormatException e) {
      throw refused("not JSON", null);
    }
  }

  private static String text(Buffer json) throws CharacterCodingException {
    String text =
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json.getBytes())).toString();
    if (text.startsWith("\uFEFF")) {
      throw refused("not JSON: starts with a byte-order mark", null);
    }
    return text;
  }

  private static Object value(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null) {
      throw refused("not JSON: empty", null);
    }
    return switch (token) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> array(parser);
      case VALUE_STRING -> whole(parser, parser.getText());
      case VALUE_NUMBER_INT -> parser.getNumberValue();
      case VALUE_NUMBER_FLOAT -> parser.getDecimalValue();
      case VALUE_TRUE -> Boolean.TRUE;
      case VALUE_FALSE -> Boolean.FALSE;
      case VALUE_NULL -> null;
      default -> throw refused("not JSON", parser.currentTokenLocation());
    };
  }

  private static Map<String, Object> object(JsonParser parser) throws IOException {
    Map<String, Object> object = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = whole(parser, parser.currentName());
      if (object.containsKey(key)) {
        throw refused("a key is there twice in one object", parser.currentTokenLocation());
      }
      parser.nextToken();
      object.put(key, value(parser));
    }
    return object;
  }

  private static List<Object> array(JsonParser parser) throws IOException {
    List<Object> array = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      array.add(value(parser));
    }
    return array;
  }

  /** Half of a surrogate pair has no UTF-8: it could only be passed on as something else. */
  private static String whole(JsonParser parser, String text) {
    if (text.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE)) {
      throw refused("a string with half of a surrogate pair", parser.currentTokenLocation());
    }
    return text;
  }

  @SuppressWarnings("unchecked")
  private static Object wrapped(Object value) {
    if (value instanceof Map) {
      return new JsonObject((Map<String, Object>) value);
    }
    return value instanceof List<?> list ? new JsonArray(list) : value;
  }

  private static IllegalArgumentException refused(String why, JsonLocation at) {
    return new IllegalArgumentException(
        at == null ? why : why + " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")");
  }
}
