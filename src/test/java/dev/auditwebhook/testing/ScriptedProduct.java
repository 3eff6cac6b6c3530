package dev.auditwebhook.testing;

import dev.auditwebhook.testing.ScriptedReceiver.Received;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * A receiver that answers as a product does, by its documentation, and keeps what it has taken. It
 * refuses what does not show its credentials, comes to another path, or is written otherwise.
 */
public final class ScriptedProduct implements Function<Received, Effect> {

  /** The action of an event that the product refuses. */
  public static final String BAD = "legacy.import";

  /**
   * An event that was taken.
   *
   * @param id its {@code event_id}
   * @param wrapping what the product was sent around it
   */
  public record Document(long id, JsonObject wrapping) {}

  private record Answer(int status, JsonObject body) {}

  private final List<Document> taken = new CopyOnWriteArrayList<>();
  private final AtomicInteger repeats = new AtomicInteger();
  private final Set<Object> known = new HashSet<>();
  private final Answer busy;
  private final Function<Received, Answer> answers;
  private boolean first;
  private boolean loses;

  private ScriptedProduct(Answer busy, Maker maker) {
    this.busy = busy;
    this.answers = maker.answers(this);
  }

  private interface Maker {
    Function<Received, Answer> answers(ScriptedProduct product);
  }

  /** Answers its first request as it does when it is busy. */
  public ScriptedProduct busyAtFirst() {
    first = true;
    return this;
  }

  /** Takes what a request has, and loses the answer, once. */
  public ScriptedProduct losingAnAnswer() {
    loses = true;
    return this;
  }

  /** All that was taken, what came twice twice, unless the product knows repeats. */
  public List<Document> taken() {
    return taken;
  }

  /** The ids of the events that were taken. */
  public List<Long> ids() {
    return taken.stream().map(Document::id).toList();
  }

  /** How many events were there already. */
  public int repeats() {
    return repeats.get();
  }

  @Override
  public Effect apply(Received request) {
    if (first) {
      first = false;
      return effect(busy);
    }
    Answer answer;
    try {
      answer = answers.apply(request);
    } catch (RuntimeException e) {
      answer = new Answer(422, new JsonObject().put("not_understood", e.toString()));
    }
    if (loses && answer.status() == 200) {
      loses = false;
      return Effect.closeHalfway(200);
    }
    return effect(answer);
  }

  private static Effect effect(Answer answer) {
    return answer.body() == null
        ? Effect.status(answer.status())
        : Effect.status(
            answer.status(), Map.of("content-type", "application/json"), answer.body().encode());
  }

  private void take(long id, JsonObject wrapping) {
    if (!known.add(id)) {
      repeats.incrementAndGet();
    }
    taken.add(new Document(id, wrapping));
  }

  private static Answer answer(int status, Object... pairs) {
    JsonObject body = new JsonObject();
    for (int i = 0; i < pairs.length; i += 2) {
      body.put((String) pairs[i], pairs[i + 1]);
    }
    return new Answer(status, body);
  }

  private static String text(Received request) {
    byte[] bytes = request.body().getBytes();
    if ("gzip".equals(request.headers().get("content-encoding"))) {
      try (GZIPInputStream body = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
        bytes = body.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static boolean isBad(JsonObject event) {
    return BAD.equals(event.getString("action"));
  }

  private static Stream<JsonObject> objects(JsonArray array) {
    return array.stream().map(JsonObject.class::cast);
  }

  /** What says the same to all. */
  public static ScriptedProduct saying(int status, JsonObject body) {
    Answer always = new Answer(status, body);
    return new ScriptedProduct(always, product -> request -> always);
  }

  /** Splunk's HTTP Event Collector, with a token that may write to an index. */
  public static ScriptedProduct splunk(String token, String index) {
    return new ScriptedProduct(
        answer(503, "text", "Server is busy", "code", 9),
        product ->
            request -> {
              if (!("Splunk " + token).equals(request.headers().get("authorization"))) {
                return answer(401, "text", "Invalid authorization", "code", 3);
              } else if (!request.path().equals("/services/collector/event")) {
                return answer(404, "text", "The requested URL was not found", "code", 404);
              }
              List<JsonObject> events = concatenated(text(request));
              for (int i = 0; i < events.size(); i++) {
                if (!index.equals(events.get(i).getString("index"))) {
                  return answer(
                      400, "text", "Incorrect index", "code", 7, "invalid-event-number", i);
                } else if (isBad(events.get(i).getJsonObject("event"))) {
                  return answer(
                      400, "text", "Invalid data format", "code", 6, "invalid-event-number", i);
                }
              }
              events.forEach(
                  each -> product.take(each.getJsonObject("event").getLong("event_id"), each));
              return answer(200, "text", "Success", "code", 0);
            });
  }

  private static List<JsonObject> concatenated(String text) {
    List<JsonObject> objects = new ArrayList<>();
    for (String part : text.split("(?<=})(?=\\{\"time\":)")) {
      objects.add(new JsonObject(part));
    }
    return objects;
  }

  /** The bulk API of Elasticsearch, with an API key and an index template. */
  public static ScriptedProduct elasticsearch(String apiKey, JsonObject template) {
    String stream = template.getJsonArray("index_patterns").getString(0);
    JsonObject fields =
        template.getJsonObject("template").getJsonObject("mappings").getJsonObject("properties");
    boolean isStream =
        template.containsKey("data_stream")
            && fields.getJsonObject("@timestamp").getString("type").equals("date");
    boolean objectsAlone = fields.getJsonObject("audit").getString("type").equals("flattened");
    return new ScriptedProduct(
        answer(429, "status", 429),
        product ->
            request -> {
              if (!("ApiKey " + apiKey).equals(request.headers().get("authorization"))) {
                return answer(401, "status", 401);
              } else if (!request.path().equals("/" + stream + "/_bulk") || !isStream) {
                return answer(404, "status", 404);
              }
              JsonArray items = new JsonArray();
              boolean errors = false;
              String[] lines = text(request).split("\n");
              for (int i = 0; i < lines.length; i += 2) {
                JsonObject create = new JsonObject(lines[i]).getJsonObject("create");
                JsonObject said =
                    product.create(
                        create.getString("_id"), new JsonObject(lines[i + 1]), objectsAlone);
                errors |= said.containsKey("error");
                items.add(new JsonObject().put("create", said));
              }
              return answer(200, "errors", errors, "items", items);
            });
  }

  private JsonObject create(String id, JsonObject document, boolean objectsAlone) {
    if (!known.add(id)) {
      repeats.incrementAndGet();
      return failed(409, "version_conflict_engine_exception", "document already exists");
    }
    JsonObject event = document.getJsonObject("event");
    boolean wrong = objectsAlone && !(document.getValue("audit") instanceof JsonObject);
    if (wrong || isBad(event)) {
      known.remove(id);
      return failed(400, "document_parsing_exception", "failed to parse field [audit]");
    }
    taken.add(new Document(event.getLong("sequence"), document));
    return new JsonObject().put("status", 201);
  }

  private static JsonObject failed(int status, String type, String reason) {
    return new JsonObject()
        .put("status", status)
        .put("error", new JsonObject().put("type", type).put("reason", reason));
  }

  /** The logs intake of Datadog. */
  public static ScriptedProduct datadog(String apiKey) {
    return new ScriptedProduct(
        answer(429, "errors", JsonArray.of(new JsonObject().put("title", "Too Many Requests"))),
        product ->
            request -> {
              if (!apiKey.equals(request.headers().get("dd-api-key"))) {
                return answer(403);
              } else if (!request.path().equals("/api/v2/logs")) {
                return answer(404);
              }
              List<JsonObject> logs = objects(new JsonArray(text(request))).toList();
              if (logs.size() > 1_000) {
                return answer(413);
              }
              List<JsonObject> events =
                  logs.stream().map(log -> new JsonObject(log.getString("message"))).toList();
              if (events.stream().anyMatch(ScriptedProduct::isBad)) {
                return answer(400);
              }
              for (int i = 0; i < logs.size(); i++) {
                product.take(events.get(i).getLong("event_id"), logs.get(i));
              }
              return answer(202);
            });
  }

  /** The push API of Loki, which takes good lines of a request that it refuses. */
  public static ScriptedProduct loki(String tenant) {
    return new ScriptedProduct(
        answer(260),
        product ->
            request -> {
              if (!tenant.equals(request.headers().get("x-scope-orgid"))) {
                return answer(401, "message", "no org id");
              } else if (!request.path().equals("/loki/api/v1/push")) {
                return answer(404);
              }
              JsonObject stream =
                  new JsonObject(text(request)).getJsonArray("streams").getJsonObject(0);
              boolean refused = false;
              for (Object value : stream.getJsonArray("values")) {
                refused |= !product.line((JsonArray) value, stream.getJsonObject("stream"));
              }
              return refused
                  ? answer(400, "message", "max entry size 262144 bytes exceeded")
                  : new Answer(204, null);
            });
  }

  private boolean line(JsonArray value, JsonObject labels) {
    JsonObject event = new JsonObject(value.getString(1));
    if (isBad(event)) {
      return false;
    }
    Long.parseLong(value.getString(0));
    if (known.add(value.getString(0) + value.getString(1))) {
      taken.add(new Document(Long.parseLong(value.getJsonObject(2).getString("event_id")), labels));
    } else {
      repeats.incrementAndGet();
    }
    return true;
  }

  /** An OpenTelemetry Collector, which takes the records that are good. */
  public static ScriptedProduct otlp(String token) {
    return new ScriptedProduct(
        answer(503, "code", 14, "message", "unavailable"),
        product ->
            request -> {
              if (!("Bearer " + token).equals(request.headers().get("authorization"))) {
                return answer(401, "code", 16);
              } else if (!request.path().equals("/v1/logs")) {
                return answer(404);
              }
              JsonObject logs =
                  new JsonObject(text(request)).getJsonArray("resourceLogs").getJsonObject(0);
              JsonArray records =
                  logs.getJsonArray("scopeLogs").getJsonObject(0).getJsonArray("logRecords");
              long rejected = 0;
              for (JsonObject record : objects(records).toList()) {
                String body = record.getJsonObject("body").getString("stringValue");
                JsonObject event = new JsonObject(body);
                if (isBad(event)) {
                  rejected++;
                } else {
                  product.take(event.getLong("event_id"), logs.getJsonObject("resource"));
                }
              }
              return rejected == 0
                  ? answer(200, "partialSuccess", new JsonObject())
                  : answer(
                      200,
                      "partialSuccess",
                      new JsonObject()
                          .put("rejectedLogRecords", Long.toString(rejected))
                          .put("errorMessage", "not allowed"));
            });
  }

  /** A receiver of batches of CloudEvents. */
  public static ScriptedProduct cloudEvents() {
    return new ScriptedProduct(
        answer(503),
        product ->
            request -> {
              List<JsonObject> events = objects(new JsonArray(text(request))).toList();
              if (events.stream().anyMatch(event -> BAD.equals(event.getString("type")))) {
                return answer(400);
              }
              events.forEach(
                  event -> product.take(Long.parseLong(event.getString("sequence")), event));
              return new Answer(202, null);
            });
  }

  /** What puts bodies one behind the other. */
  public static ScriptedProduct archive() {
    return new ScriptedProduct(
        answer(503),
        product ->
            request -> {
              text(request)
                  .lines()
                  .map(line -> (JsonObject) Json.decodeValue(line))
                  .forEach(event -> product.take(event.getLong("event_id"), event));
              return new Answer(204, null);
            });
  }
}
