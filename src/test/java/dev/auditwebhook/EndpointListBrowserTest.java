package dev.auditwebhook;

import static dev.auditwebhook.testing.Webhooks.circuit;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.testing.Effect;
import dev.auditwebhook.testing.ScriptedReceiver;
import io.vertx.core.Future;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** The list of endpoints in a real browser, as an operator uses it. */
class EndpointListBrowserTest extends InABrowser {

  private static final String NAMES = "#list-rows .name a";

  /** A receiver that gives all events the same answer. */
  private ScriptedReceiver answering(int status) {
    ScriptedReceiver receiver = webhook.anotherReceiver();
    receiver.usually(Effect.status(status));
    return receiver;
  }

  private void put(String id, String url) {
    put(id, new EndpointOptions().setUrl(url));
  }

  private void put(String id, EndpointOptions options) {
    result(webhook.client().put(id, options));
  }

  /** Endpoints {@code team-1} and so on, all of which deliver. */
  private void putTeams(int number) {
    List<Future<Boolean>> made =
        IntStream.rangeClosed(1, number)
            .mapToObj(
                i ->
                    webhook
                        .client()
                        .put(
                            "team-" + i, new EndpointOptions().setUrl(receiver.url("/teams/" + i))))
            .toList();
    result(Future.all(made));
  }

  private static EndpointOptions breaking(String url) {
    return new EndpointOptions()
        .setUrl(url)
        .setCircuitBreaker(new CircuitOptions().setMaxFailures(1).setResetTimeout(60_000));
  }

  private long rows() {
    return browser.run("return document.querySelectorAll('#list-rows tr:not([hidden])').length");
  }

  private String rowOf(String id) {
    return browser.run(
        "return [...document.querySelectorAll('#list-rows tr')]"
            + ".find(row => row.querySelector('a').textContent === '"
            + id
            + "').innerText");
  }

  @Test
  void twoHundredInAWindowOf400Pixels() {
    serve(webhook.options());
    putTeams(195);
    put("paused-by-us", receiver.url("/paused"));
    result(webhook.client().endpoint("paused-by-us").pause());
    put("refused", answering(422).url());
    put("gone", answering(410).url());
    put("down", breaking(answering(503).url("/a/path/that/does/not/end/soon".repeat(5))));
    put("nowhere", "");
    webhook.publish(1);
    webhook.awaitSettled(1);
    browser.width(400);
    signIn();

    browser.see("#list-headline", "4 of 201 endpoints need attention");
    browser.see(
        "#list-explanation",
        "1 circuit open · 1 paused by the receiver · 1 with dead letters · 1 paused · 1 disabled");
    assertThat(rows()).isEqualTo(201);
    assertThat(browser.texts(NAMES).subList(0, 5))
        .containsExactly("down", "gone", "refused", "paused-by-us", "default");
    assertThat(browser.texts("#list-rows .chip").subList(0, 5))
        .containsExactly("circuit open", "paused", "enabled", "paused", "enabled");
    assertThat(rowOf("down")).contains("503 from http://127.0.0.1:");
    assertThat(browser.isTooWide()).isFalse();

    browser.type("#search", "TEAM-19 teams");
    browser.see("#found", "7 of 201 shown");
    assertThat(browser.texts(NAMES))
        .containsExactly(
            "team-19", "team-190", "team-191", "team-192", "team-193", "team-194", "team-195");
    browser.type("#search", "open");
    browser.see("#found", "1 of 201 shown");
    assertThat(browser.texts(NAMES)).containsExactly("down");
    browser.type("#search", "nobody has this");
    browser.see("#list-empty", "No endpoint has all of this");
    browser.type("#search", "paused");
    browser.choose("#sort", "id");
    browser.see("#found", "2 of 201 shown");
    assertThat(browser.texts(NAMES)).containsExactly("gone", "paused-by-us");
    browser.type("#search", "/teams/77");
    browser.see("#found", "1 of 201 shown");
    browser.press(Keys.TAB, Keys.TAB, Keys.ENTER);
    browser.see("#page-id", "team-77");
    browser.see("#fact-url", receiver.url("/teams/77"));
    browser.see("#total-delivered", "1");
    assertThat(browser.isTooWide()).isFalse();
    assertThat(
            browser.<List<String>>run(
                "return performance.getEntriesByType('resource').map(e => new URL(e.name).pathname)"
                    + ".filter(path => path.startsWith('/endpoints/'))"))
        .as("requests for one endpoint")
        .allMatch(path -> path.startsWith("/endpoints/team-77"));
  }

  @Test
  void aRowTellsWhatWaitsAndHowFastEventsGoOut() {
    serve(webhook.options());
    put("siem", receiver.url("/siem"));
    put("held", receiver.url("/held"));
    result(webhook.client().endpoint("held").pause());
    signIn();
    browser.see("#list-headline", "1 of 3 endpoints needs attention");
    assertThat(rowOf("siem").split("\\s+"))
        .containsExactly("siem", receiver.url("/siem"), "enabled", "event", "–", "0", "–", "0");
    long timer = webhook.vertx().setPeriodic(50, id -> webhook.publish(1));
    browser.await(
        "[...document.querySelectorAll('#list-rows tr')]"
            + ".filter(row => parseFloat(row.cells[3].textContent) > 1).length === 2");
    webhook.vertx().cancelTimer(timer);
    assertThat(rowOf("held")).containsPattern("(?s)paused\\s+event\\s+0\\s+\\d+\\s+\\d+ s\\s+0");
    browser.choose("#sort", "backlog");
    assertThat(browser.texts(NAMES)).containsExactly("held", "default", "siem");
  }

  @Test
  void rowsStayTheSameAndKeepTheFocusWhileTheirOrderChanges() {
    serve(circuit(webhook.options(), 1, 60_000));
    putTeams(20);
    put("team-7", breaking(answering(503).url()));
    signIn();
    browser.see("#list-headline", "21 endpoints, all is well");
    assertThat(browser.texts(NAMES)).startsWith("default", "team-1");
    browser.run(
        "window.rows = [...document.querySelectorAll('#list-rows tr')];"
            + "window.link = rows.map(row => row.querySelector('a'))"
            + ".find(link => link.textContent === 'team-7');"
            + "window.link.focus();"
            + "window.blurred = false;"
            + "window.link.addEventListener('blur', () => window.blurred = true)");
    webhook.publish(3);
    browser.see("#list-headline", "1 of 21 endpoints needs attention");
    assertThat(browser.texts(NAMES)).startsWith("team-7", "default", "team-1");
    assertThat(
            browser.<Boolean>run(
                "return rows.every(row => row.isConnected) && !blurred"
                    + " && document.activeElement === link"))
        .isTrue();
    browser.press(Keys.TAB, Keys.ENTER);
    browser.see("#page-id", "default");
  }

  @Test
  void endpointsThatComeAndGoElsewhereComeAndGoHere() {
    serve(webhook.options());
    put("siem", receiver.url());
    signIn();
    browser.see("#list-headline", "2 endpoints, all is well");
    put("archive", receiver.url());
    browser.see("#list-headline", "3 endpoints, all is well");
    result(webhook.client().remove("siem"));
    browser.see("#list-headline", "2 endpoints, all is well");
    assertThat(browser.texts(NAMES)).containsExactly("default", "archive");
  }

  @Test
  void backFromAPageTheListGoesOnWhereItWas() {
    serve(webhook.options());
    putTeams(30);
    signIn();
    browser.type("#search", "team-2");
    browser.see("#found", "11 of 31 shown");
    browser.run(
        "[...document.querySelectorAll('#list-rows a')].find(a => a.textContent === 'team-23').click()");
    browser.see("#page-id", "team-23");
    assertThat(browser.<String>run("return document.activeElement.id")).isEqualTo("main");
    browser.run("history.back()");
    browser.see("#found", "11 of 31 shown");
    assertThat(browser.<String>run("return document.activeElement.textContent"))
        .isEqualTo("team-23");
    assertThat(browser.<String>run("return document.title")).startsWith("31 endpoints");
  }

  @Test
  void theDefaultEndpointAloneIsOpenedAtOnceAndAnotherCanBeAdded() {
    serve(webhook.options());
    signIn();
    assertThat(browser.url()).isEqualTo(console + "#/endpoints/default");
    browser.see("#headline", "Ready");
    browser.click("#page .path a");
    browser.see("#list-headline", "1 endpoint, all is well");
    browser.click("#list .add");
    browser.see("#form-title", "Add an endpoint");
    browser.run("history.back()");
    browser.see("#list-headline");
  }

  @Test
  void aWebhookThatIsNotDeployedYetIsWaitedFor() {
    int port = webhook.serveHttp(TOKEN);
    console = "http://127.0.0.1:" + port + "/";
    browser.go(console);
    browser.type("#token", TOKEN);
    browser.press(Keys.ENTER);
    browser.see("#list-headline", "No contact");
    webhook.deploy();
    browser.see("#page-id", "default");
    browser.see("#headline", "Ready");
  }
}
