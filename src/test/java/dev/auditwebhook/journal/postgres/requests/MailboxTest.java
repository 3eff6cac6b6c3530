package dev.auditwebhook.journal.postgres.requests;

import static dev.auditwebhook.testing.Webhooks.refusal;
import static dev.auditwebhook.testing.Webhooks.result;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.journal.Nodes;
import dev.auditwebhook.json.ExactJson;
import dev.auditwebhook.testing.PostgresServer;
import dev.auditwebhook.testing.ScriptedProxy;
import dev.auditwebhook.testing.ScriptedProxy.Fate;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nodes that ask each other by a real database. */
@Timeout(60)
class MailboxTest {

  private static final JsonObject NOTHING = new JsonObject();

  @RegisterExtension final OpenMailboxes mailboxes = new OpenMailboxes();
  private final PostgresServer server = mailboxes.server;

  private Correspondent node(String id) {
    return mailboxes.hearing(id);
  }

  private List<String> rows(String where) {
    return mailboxes.rows(where);
  }

  @Test
  void aRequestIsAnsweredByItsNodeAndNothingIsLeftOfIt() {
    Correspondent one = node("one");
    Correspondent two = node("two");

    JsonObject reply = one.ask("two", "get", new JsonObject().put("endpoint", "siem"));

    assertThat(reply.encode()).isEqualTo("{\"what\":\"get\",\"body\":{\"endpoint\":\"siem\"}}");
    assertThat(two.host.asked()).containsExactly("get {\"endpoint\":\"siem\"}");
    assertThat(one.host.asked()).isEmpty();
    await().until(() -> rows("true").isEmpty());
  }

  @Test
  void aRefusalKeepsItsCodeAndItsWords() {
    Correspondent one = node("one");
    node("two")
        .host
        .fails(new ReplyException(ReplyFailure.RECIPIENT_FAILURE, 409, "there is \"none\"\u0000"));

    ReplyException refusal = refusal(one.asking("two", "test", NOTHING));

    assertThat(refusal.failureType()).isEqualTo(ReplyFailure.RECIPIENT_FAILURE);
    assertThat(refusal.failureCode()).isEqualTo(409);
    assertThat(refusal).hasMessage("there is \"none\"\ufffd");
  }

  @Test
  void anAccidentIsAnsweredToo() {
    Correspondent one = node("one");
    Correspondent two = node("two");
    two.host.answers(
        (what, body) -> {
          throw new IllegalStateException("for a test");
        });
    assertThat(refusal(one.asking("two", "get", NOTHING)).failureCode()).isEqualTo(500);
    two.host.replies(NOTHING);
    assertThat(one.ask("two", "get", NOTHING)).isEqualTo(NOTHING);
  }

  @Test
  void textsAndNumbersArriveAsTheyAre() {
    Correspondent one = node("one");
    node("two");
    JsonObject body =
        new JsonObject()
            .put("text", "a\u0000b \u00e9 \ud83d\ude00 \u2028 \"\\")
            .put(
                "numbers",
                ExactJson.parse(Buffer.buffer("[12345678901234567890.123456789, 1e400, -0.10]")));
    JsonObject reply = one.ask("two", "put", body);
    assertThat(reply.getJsonObject("body").encode()).isEqualTo(body.encode());
    assertThat(reply.getJsonObject("body").getString("text")).isEqualTo(body.getString("text"));
  }

  @Test
  void whatMayNestAsDeepAsAnEventComesBack() {
    Object deepest =
        ExactJson.parse(
            Buffer.buffer("[".repeat(ExactJson.MAX_DEPTH) + "]".repeat(ExactJson.MAX_DEPTH)));
    Correspondent one = node("one");
    JsonObject page = new JsonObject().put("events", JsonArray.of(deepest));
    node("two").host.replies(page);
    assertThat(one.ask("two", "dlq", NOTHING).encode()).isEqualTo(page.encode());
  }

  @Test
  void aReplyOfFourMebibytesArrives() {
    Correspondent one = node("one");
    JsonObject page = new JsonObject().put("events", "\u00e9\u0000".repeat((4 << 20) / 8));
    assertThat(page.toBuffer().length()).isGreaterThan(4 << 20);
    node("two").host.replies(page);
    assertThat(one.ask("two", "dlq", NOTHING)).isEqualTo(page);
  }

  @Test
  void eachRequestIsCarriedOutOnceHoweverOftenAndByHowManyItIsLookedFor() {
    Correspondent one = node("one");
    Correspondent two = node("two");
    Correspondent same = node("two");
    List<Future<JsonObject>> replies = new ArrayList<>();

    for (int i = 0; i < 200; i++) {
      replies.add(one.asking("two", "redrive", new JsonObject().put("n", i)));
      two.run(() -> two.mailbox.heard("request two"));
      same.run(() -> same.mailbox.heard("request two"));
    }

    replies.forEach(reply -> result(reply));
    List<String> all = new ArrayList<>(two.host.asked());
    all.addAll(same.host.asked());
    assertThat(all)
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, 200).mapToObj(i -> "redrive {\"n\":" + i + "}").toList());
  }

  @Test
  void withoutNotificationsAllIsFoundAllTheSame() {
    Correspondent one = mailboxes.deaf("one");
    Correspondent two = mailboxes.deaf("two");
    assertThat(one.ask("two", "get", NOTHING).getString("what")).isEqualTo("get");
    assertThat(two.host.asked()).hasSize(1);
  }

  @Test
  void aNodeThatWakesUpTooLateCarriesNothingOut() {
    Correspondent one = node("one");
    Mailbox.Sent late = one.send("two", "redrive", NOTHING, 100, 20_000);
    await().until(() -> !rows("until < clock_timestamp()").isEmpty());

    Correspondent two = node("two");

    assertThat(one.ask("two", "get", NOTHING).getString("what")).isEqualTo("get");
    assertThat(two.host.asked()).containsExactly("get {}");
    assertThat(late.reply().isComplete()).isFalse();
  }

  @Test
  void aNodeThatNeverAnswersIsNotWaitedForWithoutEnd() {
    Correspondent one = node("one");
    ReplyException refusal = refusal(one.send("nobody", "redrive", NOTHING, 100, 200).reply());
    assertThat(refusal.failureCode()).isEqualTo(504);
    assertThat(refusal)
        .hasMessage("the node that was asked did not answer; it may have done it all the same");
  }

  @Test
  void aReplyThatComesTooLateIsNobodysAndGoes() {
    Correspondent one = node("one");
    Promise<JsonObject> slow = Promise.promise();
    node("two").host.answers((what, body) -> slow.future());
    assertThat(refusal(one.send("two", "test", NOTHING, 20_000, 200).reply()).failureCode())
        .isEqualTo(504);
    slow.complete(NOTHING);
    await().until(() -> !rows("code IS NOT NULL").isEmpty());

    Correspondent other = node("other");
    assertThat(other.host.asked()).isEmpty();
    one.asking("other", "get", NOTHING);

    await().until(() -> rows("code IS NOT NULL").isEmpty());
  }

  @Test
  void whatNobodyBeganWithIsTakenBack() {
    Correspondent one = node("one");
    Mailbox.Sent sent = one.send("two", "redrive", NOTHING, 20_000, 20_000);
    await().until(() -> !rows("taken_by IS NULL").isEmpty());

    one.run(() -> one.mailbox.withdraw(sent));

    assertThat(refusal(sent.reply()).failureCode()).isEqualTo(Nodes.NOT_HERE);
    await().until(() -> rows("true").isEmpty());
  }

  @Test
  void whatIsTakenBackNobodyBeginsWith() {
    Correspondent one = node("one");
    Mailbox.Sent sent = one.send("two", "redrive", NOTHING, 20_000, 20_000);
    await().until(() -> !rows("taken_by IS NULL").isEmpty());
    server.sql("UPDATE " + mailboxes.schema + ".request SET taken_by = sender");

    Correspondent two = node("two");
    one.ask("two", "get", NOTHING);

    assertThat(two.host.asked()).containsExactly("get {}");
    assertThat(sent.reply().isComplete()).isFalse();
  }

  @Test
  void aWithdrawalWhoseAnswerWasLostIsOneAllTheSame() {
    ScriptedProxy proxy = mailboxes.proxy();
    Correspondent one = mailboxes.behind(proxy, "one");
    Mailbox.Sent sent = one.send("two", "redrive", NOTHING, 20_000, 20_000);
    result(sent.arrived());
    proxy.script(data -> has(data, sent.id()) ? Fate.LOSE_ANSWER : Fate.PASS);
    Future<Boolean> lost = one.turn(() -> one.mailbox.withdraw(sent));
    await().until(lost::isComplete);
    assertThat(lost.failed()).isTrue();
    assertThat(rows("taken_by = sender")).hasSize(1);
    assertThat(sent.reply().isComplete()).isFalse();

    proxy.pass();
    one.run(() -> one.mailbox.withdraw(sent));

    assertThat(refusal(sent.reply()).failureCode()).isEqualTo(Nodes.NOT_HERE);
  }

  private static boolean has(Buffer data, String text) {
    return data.toString(ISO_8859_1).contains(text);
  }

  @Test
  void ofWhatTheDatabaseLostItIsNotKnownWhetherItWasDone() {
    Correspondent one = node("one");
    Mailbox.Sent sent = one.send("two", "redrive", NOTHING, 20_000, 20_000);
    result(sent.arrived());
    server.sql("TRUNCATE " + mailboxes.schema + ".request");

    one.run(() -> one.mailbox.withdraw(sent));

    assertThat(refusal(sent.reply()).failureCode()).isEqualTo(504);
    assertThat(refusal(sent.reply())).hasMessageEndingWith("whether it was done is not known");
  }

  @Test
  void whatWasTakenByAStatementWhoseAnswerWasLostIsCarriedOutOnce() {
    ScriptedProxy proxy = mailboxes.proxy();
    Correspondent one = node("one");
    Correspondent two = mailboxes.behind(proxy, "two");
    one.ask("two", "get", NOTHING);
    proxy.script(data -> has(data, "two") ? Fate.LOSE_ANSWER : Fate.PASS);
    Future<JsonObject> reply = one.asking("two", "redrive", NOTHING);
    await().until(() -> !rows("taken_by IS NOT NULL").isEmpty());
    assertThat(two.host.asked()).containsExactly("get {}");

    proxy.pass();

    result(reply);
    one.ask("two", "get", NOTHING);
    assertThat(two.host.asked()).containsExactly("get {}", "redrive {}", "get {}");
  }

  @Test
  void ofALostTakeNothingIsCarriedOutThatIsTooOld() {
    ScriptedProxy proxy = mailboxes.proxy();
    Correspondent one = node("one");
    Correspondent two = mailboxes.behind(proxy, "two");
    one.ask("two", "get", NOTHING);
    proxy.script(data -> has(data, "two") ? Fate.LOSE_ANSWER : Fate.PASS);
    one.asking("two", "redrive", NOTHING);
    await().until(() -> !rows("taken_by IS NOT NULL").isEmpty());
    server.sql("UPDATE " + mailboxes.schema + ".request SET until = clock_timestamp()");

    proxy.pass();

    one.ask("two", "get", NOTHING);
    assertThat(two.host.asked()).containsExactly("get {}", "get {}");
  }

  @Test
  void whatIsUnderWayIsNotTakenBack() {
    Correspondent one = node("one");
    Promise<JsonObject> slow = Promise.promise();
    node("two").host.answers((what, body) -> slow.future());
    Mailbox.Sent sent = one.send("two", "redrive", NOTHING, 20_000, 20_000);
    await().until(() -> !rows("taken_by IS NOT NULL").isEmpty());

    one.run(() -> one.mailbox.withdraw(sent));
    slow.complete(new JsonObject().put("redriven", 1));

    assertThat(result(sent.reply()).getInteger("redriven")).isEqualTo(1);
  }

  @Test
  void whatIsLeftBehindIsRemovedAfterAMinute() {
    Correspondent one = node("one");
    one.send("nobody", "get", NOTHING, 100, 100);
    one.send("nobody", "get", NOTHING, 100, 100);
    await().until(() -> rows("true").size() == 2);
    server.sql(
        "UPDATE %s.request SET until = until - interval '61 s' WHERE id = '%s'"
            .formatted(mailboxes.schema, rows("true").get(0)));

    result(one.clock.turn(30_000));

    await().until(() -> rows("true").size() == 1);
  }

  @Test
  void ofManyThoseAnswerThatDoInTime() {
    Correspondent one = node("one");
    node("two").host.replies(new JsonObject().put("from", 2));
    node("three").host.fails(new IllegalStateException("for a test"));
    node("four").host.answers((what, body) -> Promise.<JsonObject>promise().future());
    node("five").host.replies(new JsonObject().put("from", 5));

    List<JsonObject> replies =
        result(
            one.turn(
                () ->
                    one.mailbox.sendAll(
                        List.of("two", "three", "four", "five"), "endpoints", NOTHING, 2_000)));

    assertThat(replies)
        .extracting(reply -> reply.getInteger("from"))
        .containsExactlyInAnyOrder(2, 5);
    assertThat(result(one.turn(() -> one.mailbox.sendAll(List.of(), "x", NOTHING, 100)))).isEmpty();
  }

  @Test
  void withoutADatabaseARequestIsRefusedInOneLine() {
    Correspondent one = mailboxes.of("postgresql://postgres@127.0.0.1:1/postgres", "one");
    ReplyException refusal = refusal(one.asking("two", "get", NOTHING));
    assertThat(refusal.failureCode()).isEqualTo(503);
    assertThat(refusal.getMessage()).startsWith("the database at 127.0.0.1:1/postgres ");
    assertThat(refusal.getMessage()).doesNotContain("\n");
  }

  @Test
  void aClosedOneAsksAndAnswersNoMore() {
    Correspondent one = node("one");
    Correspondent two = node("two");
    Future<JsonObject> open = one.asking("nobody", "get", NOTHING);
    for (Correspondent each : List.of(one, two)) {
      each.run(each.mailbox::close);
    }
    assertThat(refusal(open).failureCode()).isEqualTo(503);
    Correspondent three = node("three");
    Future<JsonObject> unheard = three.send("two", "get", NOTHING, 2_000, 2_000).reply();
    assertThat(refusal(unheard).failureCode()).isEqualTo(504);
    assertThat(two.host.asked()).isEmpty();
  }

  @Test
  void aClosedOneDoesNotSayThatWhatWasTakenWasNotDone() {
    Correspondent one = node("one");
    node("two").host.answers((what, body) -> Promise.<JsonObject>promise().future());
    Future<JsonObject> taken = one.asking("two", "redrive", NOTHING);
    await().until(() -> !rows("taken_by IS NOT NULL").isEmpty());
    Future<JsonObject> notTaken = one.asking("nobody", "redrive", NOTHING);

    one.run(one.mailbox::close);
    Future<JsonObject> late = one.asking("two", "redrive", NOTHING);

    assertThat(refusal(taken).failureCode()).isEqualTo(504);
    for (Future<JsonObject> notDone : List.of(notTaken, late)) {
      assertThat(refusal(notDone).failureCode()).isEqualTo(503);
      assertThat(refusal(notDone)).hasMessage("this node stops; ask another one");
    }
  }

  @Test
  void aClosedOneWaitsForNoDatabase() {
    ScriptedProxy proxy = mailboxes.proxy();
    Correspondent one = mailboxes.behind(proxy, "one");
    Mailbox.Sent sent = one.send("two", "redrive", NOTHING, 20_000, 20_000);
    result(sent.arrived());
    proxy.script(data -> Fate.LOSE_REQUEST);

    one.run(one.mailbox::close);

    assertThat(refusal(sent.reply()).failureCode()).isEqualTo(504);
  }

  @Test
  void aReplyOutlivesALostConnection() {
    Correspondent one = node("one");
    Correspondent two = node("two");
    Promise<JsonObject> slow = Promise.promise();
    two.host.answers((what, body) -> slow.future());
    Future<JsonObject> reply = one.asking("two", "get", NOTHING);
    await().until(() -> !rows("taken_by IS NOT NULL").isEmpty());

    server.terminate(
        "application_name = 'vertx-audit-webhook' AND query LIKE '%" + mailboxes.schema + "%'");
    slow.complete(new JsonObject().put("redriven", 1));

    assertThat(result(reply).getInteger("redriven")).isEqualTo(1);
  }
}
