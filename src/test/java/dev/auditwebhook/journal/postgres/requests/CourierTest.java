package dev.auditwebhook.journal.postgres.requests;

import static dev.auditwebhook.testing.Webhooks.refusal;
import static dev.auditwebhook.testing.Webhooks.result;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.journal.Nodes;
import dev.auditwebhook.testing.ScriptedProxy;
import dev.auditwebhook.testing.ScriptedProxy.Fate;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests on their way to an endpoint that stays, goes, and comes. */
@Timeout(60)
class CourierTest {

  private static final long PATIENCE = 20_000;
  private static final JsonObject SIEM = new JsonObject().put("endpoint", "siem");

  @RegisterExtension final OpenMailboxes mailboxes = new OpenMailboxes();

  /** The endpoint {@code siem}, wherever a test has it. */
  private static final class Place implements Courier.Places {
    volatile boolean known = true;
    volatile String node;
    volatile String gone;

    @Override
    public boolean isKnown(String endpoint) {
      return known && endpoint.equals("siem");
    }

    @Override
    public String elsewhere(String endpoint) {
      return "here".equals(node) ? null : node;
    }

    @Override
    public boolean isHere(String endpoint) {
      return "here".equals(node);
    }

    @Override
    public boolean isLiving(String node) {
      return !node.equals(gone);
    }
  }

  private final Place siem = new Place();

  private Courier courier(Correspondent from, long patience) {
    return new Courier(from.mailbox, siem, from.host, from.clock, patience);
  }

  private Future<JsonObject> asking(Correspondent from, String endpoint, long patience) {
    return asking(from, courier(from, patience), endpoint);
  }

  private static Future<JsonObject> asking(Correspondent from, Courier courier, String endpoint) {
    return from.turn(() -> courier.ask(endpoint, "redrive", SIEM));
  }

  private Future<JsonObject> asking(Correspondent from) {
    return asking(from, "siem", PATIENCE);
  }

  private static JsonObject by(String node) {
    return new JsonObject().put("by", node);
  }

  private static String answeredBy(Future<JsonObject> reply) {
    return result(reply).getString("by");
  }

  private static ReplyException notHere() {
    return Mailbox.refusal(Nodes.NOT_HERE, "for a test");
  }

  @Test
  void whatIsHereIsAnsweredHere() {
    Correspondent here = mailboxes.hearing("one");
    here.host.replies(by("one"));
    siem.node = "here";
    assertThat(answeredBy(asking(here))).isEqualTo("one");
    assertThat(here.host.asked()).containsExactly("redrive {\"endpoint\":\"siem\"}");
    assertThat(mailboxes.rows("true")).isEmpty();
  }

  @Test
  void whatIsElsewhereIsAnsweredThere() {
    Correspondent here = mailboxes.hearing("one");
    mailboxes.hearing("two").host.replies(by("two"));
    siem.node = "two";
    assertThat(answeredBy(asking(here))).isEqualTo("two");
    assertThat(here.host.asked()).isEmpty();
  }

  @Test
  void aRefusalIsARefusal() {
    Correspondent here = mailboxes.hearing("one");
    mailboxes.hearing("two").host.fails(Mailbox.refusal(409, "no webhook is set"));
    siem.node = "two";
    ReplyException refusal = refusal(asking(here));
    assertThat(refusal.failureCode()).isEqualTo(409);
    assertThat(refusal).hasMessage("no webhook is set");
  }

  @Test
  void whileNobodyRunsItTheRequestWaits() {
    Correspondent here = mailboxes.hearing("one");
    mailboxes.hearing("two").host.replies(by("two"));
    Future<JsonObject> reply = asking(here);
    result(here.clock.turn(PATIENCE / 2));
    assertThat(reply.isComplete()).isFalse();
    siem.node = "two";
    assertThat(answeredBy(reply)).isEqualTo("two");
  }

  @Test
  void whatComesToThisNodeMeanwhileIsAnsweredHere() {
    Correspondent here = mailboxes.hearing("one");
    here.host.replies(by("one"));
    Future<JsonObject> reply = asking(here);
    siem.node = "here";
    assertThat(answeredBy(reply)).isEqualTo("one");
  }

  @Test
  void aNodeThatDoesNotRunItAnyMoreSendsTheRequestOn() {
    Correspondent here = mailboxes.hearing("one");
    Correspondent two = mailboxes.hearing("two");
    two.host.answers(
        (what, body) -> {
          siem.node = "here";
          return Future.failedFuture(notHere());
        });
    here.host.answers(
        (what, body) -> {
          siem.node = "three";
          return Future.failedFuture(notHere());
        });
    mailboxes.hearing("three").host.replies(by("three"));
    siem.node = "two";
    assertThat(answeredBy(asking(here))).isEqualTo("three");
    assertThat(two.host.asked()).hasSize(1);
    assertThat(here.host.asked()).hasSize(1);
  }

  @Test
  void aFrozenNodeIsNotWaitedForOnceAnotherRunsItAndDoesNothingWhenItWakesUp() {
    Correspondent here = mailboxes.hearing("one");
    mailboxes.hearing("three").host.replies(by("three"));
    siem.node = "two";
    Future<JsonObject> reply = asking(here);
    await().until(() -> !mailboxes.rows("target = 'two'").isEmpty());

    siem.node = "three";

    assertThat(answeredBy(reply)).isEqualTo("three");
    Correspondent two = mailboxes.hearing("two");
    here.ask("two", "get", new JsonObject());
    assertThat(two.host.asked()).containsExactly("get {}");
  }

  @Test
  void whatItsNodeHasBegunWithIsDoneByNobodyElse() {
    Correspondent here = mailboxes.hearing("one");
    Promise<JsonObject> slow = Promise.promise();
    Correspondent two = mailboxes.hearing("two");
    two.host.answers((what, body) -> slow.future());
    Correspondent three = mailboxes.hearing("three");
    siem.node = "two";
    Future<JsonObject> reply = asking(here);
    await().until(() -> !two.host.asked().isEmpty());

    siem.node = "three";
    result(here.clock.turn(PATIENCE / 2));
    slow.complete(by("two"));

    assertThat(answeredBy(reply)).isEqualTo("two");
    assertThat(three.host.asked()).isEmpty();
  }

  @Test
  void whenNobodyRunsItInTimeItIsToBeAskedAgain() {
    Correspondent here = mailboxes.hearing("one");
    Future<JsonObject> reply = asking(here);
    result(here.clock.turn(PATIENCE + Courier.LOOK));
    assertThat(refusal(reply).failureCode()).isEqualTo(503);
    assertThat(refusal(reply)).hasMessage("no node runs the endpoint siem now; ask again");
  }

  @Test
  void whenItsNodeDoesNotBeginInTimeItIsTakenBack() {
    Correspondent here = mailboxes.hearing("one");
    siem.node = "two";
    Future<JsonObject> reply = asking(here);
    await().until(() -> !mailboxes.rows("target = 'two'").isEmpty());
    result(here.clock.turn(PATIENCE + Courier.LOOK));
    assertThat(refusal(reply).failureCode()).isEqualTo(503);
    await().until(() -> mailboxes.rows("true").isEmpty());
  }

  /** Has {@code two} take a request and answer as a test says. */
  private Future<JsonObject> takenByTwo(Correspondent here, Future<JsonObject> answer) {
    mailboxes.hearing("two").host.answers((what, body) -> answer);
    siem.node = "two";
    Future<JsonObject> reply = asking(here);
    await().until(() -> !mailboxes.rows("taken_by IS NOT NULL").isEmpty());
    return reply;
  }

  @Test
  void ofWhatANodeTookThatIsGoneItIsNotKnownWhetherItWasDone() {
    Correspondent here = mailboxes.hearing("one");
    Correspondent three = mailboxes.hearing("three");
    Future<JsonObject> reply = takenByTwo(here, Promise.<JsonObject>promise().future());

    siem.node = "three";
    siem.gone = "two";

    assertThat(refusal(reply).failureCode()).isEqualTo(504);
    assertThat(refusal(reply))
        .hasMessage("the node that took the request is gone: whether it was done is not known");
    assertThat(three.host.asked()).isEmpty();
  }

  @Test
  void whatANodeAnsweredBeforeItWentIsTheAnswer() {
    Correspondent here = mailboxes.deaf("one");
    Promise<JsonObject> slow = Promise.promise();
    Future<JsonObject> reply = takenByTwo(here, slow.future());
    slow.complete(by("two"));
    await().until(() -> !mailboxes.rows("code IS NOT NULL").isEmpty() || reply.isComplete());

    siem.node = null;
    siem.gone = "two";

    assertThat(answeredBy(reply)).isEqualTo("two");
  }

  @Test
  void whatIsTakenTheDatabaseIsNotAskedForAgainAndAgain() {
    ScriptedProxy proxy = mailboxes.proxy();
    Correspondent here = mailboxes.behind(proxy, "one").hearing();
    mailboxes.hearing("three");
    Promise<JsonObject> slow = Promise.promise();
    Future<JsonObject> reply = takenByTwo(here, slow.future());
    String id = mailboxes.rows("true").get(0);
    AtomicInteger statements = new AtomicInteger();
    proxy.script(
        data -> {
          statements.addAndGet(data.toString(ISO_8859_1).contains(id) ? 1 : 0);
          return Fate.PASS;
        });

    siem.node = "three";
    for (int i = 0; i < 10; i++) {
      result(here.clock.turn(1_000));
      here.ask("three", "get", new JsonObject());
    }

    assertThat(statements).hasValue(1);
    slow.complete(by("two"));
    assertThat(answeredBy(reply)).isEqualTo("two");
  }

  @ParameterizedTest
  @EnumSource(names = {"LOSE_REQUEST", "LOSE_ANSWER"})
  void whatMayHaveGotLostOnItsWayIsNotWaitedFor(Fate fate) {
    ScriptedProxy proxy = mailboxes.proxy();
    Correspondent here = mailboxes.behind(proxy, "one");
    siem.node = "two";
    AtomicBoolean once = new AtomicBoolean();
    proxy.script(
        data ->
            data.toString(ISO_8859_1).contains("redrive") && !once.getAndSet(true)
                ? fate
                : Fate.PASS);

    Future<JsonObject> reply = asking(here);
    await().until(() -> proxy.lost() == 1);

    if (fate == Fate.LOSE_REQUEST) {
      assertThat(refusal(reply).failureCode()).isEqualTo(504);
    } else {
      await().until(() -> !mailboxes.rows("taken_by IS NULL").isEmpty());
      Correspondent two = mailboxes.deaf("two");
      two.host.replies(by("two"));
      assertThat(answeredBy(reply)).isEqualTo("two");
      assertThat(two.host.asked()).hasSize(1);
    }
  }

  @Test
  void onANodeThatStopsWhatWaitsIsRefused() {
    Correspondent here = mailboxes.hearing("one");
    Courier courier = courier(here, PATIENCE);
    Future<JsonObject> waiting = asking(here, courier, "siem");
    here.run(courier::close);
    assertThat(waiting.isComplete()).as("no timer runs any more").isTrue();
    siem.node = "two";
    for (Future<JsonObject> each : List.of(waiting, asking(here, courier, "siem"))) {
      assertThat(refusal(each).failureCode()).isEqualTo(503);
      assertThat(refusal(each)).hasMessage("this node stops; ask another one");
    }
  }

  @Test
  void onANodeThatStopsWhatIsOnItsWayIsTakenBackAndGoesNowhereElse() {
    Correspondent here = mailboxes.hearing("one");
    Courier courier = courier(here, PATIENCE);
    siem.node = "two";
    Future<JsonObject> reply = asking(here, courier, "siem");
    await().until(() -> !mailboxes.rows("target = 'two'").isEmpty());

    here.run(courier::close);

    assertThat(refusal(reply).failureCode()).isEqualTo(503);
    await().until(() -> mailboxes.rows("true").isEmpty());
  }

  @Test
  void oneThatIsNotThereIsNotFoundAlsoWhenItWentMeanwhile() {
    Correspondent here = mailboxes.hearing("one");
    ReplyException unknown = refusal(asking(here, "seim", PATIENCE));
    assertThat(unknown.failureCode()).isEqualTo(404);
    assertThat(unknown).hasMessage("there is no endpoint seim");
    Future<JsonObject> reply = asking(here);
    siem.known = false;
    assertThat(refusal(reply).failureCode()).isEqualTo(404);
  }
}
