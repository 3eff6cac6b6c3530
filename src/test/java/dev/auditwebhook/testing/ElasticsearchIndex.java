package dev.auditwebhook.testing;

import dev.auditwebhook.testing.ScriptedReceiver.Received;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Answers as the bulk API of Elasticsearch does: each document by itself, a document that is there
 * with a conflict, one that does not fit the mapping with what is wrong with it.
 */
public final class ElasticsearchIndex implements Function<Received, Effect> {

  private final Predicate<JsonObject> unfit;
  private final Predicate<JsonObject> tooMuch;
  private final Map<String, JsonObject> documents = new ConcurrentHashMap<>();
  private final Set<String> turnedAway = ConcurrentHashMap.newKeySet();

  /**
   * @param unfit which documents it refuses
   * @param tooMuch which documents it turns away once, as it is busy
   */
  public ElasticsearchIndex(Predicate<JsonObject> unfit, Predicate<JsonObject> tooMuch) {
    this.unfit = unfit;
    this.tooMuch = tooMuch;
  }

  /** What it has, by id. */
  public Map<String, JsonObject> documents() {
    return documents;
  }

  @Override
  public Effect apply(Received request) {
    String[] lines = request.body().toString().split("\n");
    JsonArray items = new JsonArray();
    boolean errors = false;
    for (int i = 0; i < lines.length; i += 2) {
      String id = new JsonObject(lines[i]).getJsonObject("create").getString("_id");
      JsonObject item = create(id, new JsonObject(lines[i + 1]));
      errors |= item.containsKey("error");
      items.add(new JsonObject().put("create", item));
    }
    JsonObject body = new JsonObject().put("took", 7).put("errors", errors).put("items", items);
    return Effect.status(200, Map.of("content-type", "application/json"), body.encode());
  }

  private JsonObject create(String id, JsonObject document) {
    JsonObject item = new JsonObject().put("_index", ".ds-logs-audit-1").put("_id", id);
    if (unfit.test(document)) {
      return failed(
          item, 400, "document_parsing_exception", "failed to parse: " + document.encode());
    } else if (documents.containsKey(id)) {
      return failed(item, 409, "version_conflict_engine_exception", "document already exists");
    } else if (tooMuch.test(document) && turnedAway.add(id)) {
      return failed(item, 429, "es_rejected_execution_exception", "rejected execution");
    }
    documents.put(id, document);
    return item.put("_version", 1).put("result", "created").put("status", 201);
  }

  private static JsonObject failed(JsonObject item, int status, String type, String reason) {
    return item.put("status", status)
        .put("error", new JsonObject().put("type", type).put("reason", reason));
  }
}
