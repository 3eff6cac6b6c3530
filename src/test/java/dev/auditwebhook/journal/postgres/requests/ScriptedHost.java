package dev.auditwebhook.journal.postgres.requests;

import dev.auditwebhook.journal.Nodes;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;

/** Answers requests as a test says, and remembers them. */
final class ScriptedHost implements Nodes.Host {

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private volatile BiFunction<String, JsonObject, Future<JsonObject>> answers =
      (what, body) -> Future.succeededFuture(new JsonObject().put("what", what).put("body", body));

  /** From now on it answers so. */
  ScriptedHost answers(BiFunction<String, JsonObject, Future<JsonObject>> how) {
    answers = how;
    return this;
  }

  ScriptedHost replies(JsonObject reply) {
    return answers((what, body) -> Future.succeededFuture(reply));
  }

  ScriptedHost fails(Throwable failure) {
    return answers((what, body) -> Future.failedFuture(failure));
  }

  /** What it was asked, in order. */
  List<String> asked() {
    return asked;
  }

  @Override
  public Future<JsonObject> answer(String what, Object body) {
    asked.add(what + " " + body);
    return answers.apply(what, (JsonObject) body);
  }

  @Override
  public void takeOver(Nodes.Tenancy tenancy) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> handOver(String endpoint) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void lose(String endpoint) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void goOn() {
    throw new UnsupportedOperationException();
  }
}
