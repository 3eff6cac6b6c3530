package dev.auditwebhook;

import static dev.auditwebhook.testing.Webhooks.circuit;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.testing.Effect;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** The console in a real browser, as an operator uses it. */
class ConsoleBrowserTest extends InABrowser {

  @Test
  void fromTheFirstUrlThroughAnOutageToTheRedriveOfAllThatFailed() {
    serve(circuit(webhook.options().setUrl(""), 6, 500).setMaxAttempts(1));
    browser.go(console);
    browser.type("#token", "wrong");
    browser.press(Keys.ENTER);
    browser.see("#token-problem", "Not a valid token.");
    signIn();
    assertThat(browser.url()).isEqualTo(console + "#/endpoints/default").doesNotContain(TOKEN);

    browser.see("#headline", "No URL");
    assertThat(browser.see("#dlq-empty").getText()).startsWith("None.");
    browser.click("#change");
    browser.type("#url", "ftp://127.0.0.1/");
    browser.press(Keys.ENTER);
    browser.see("#url-outcome", "url: must begin with https:// or http://.");
    browser.type("#url", receiver.url());
    browser.press(Keys.ENTER);
    browser.see("#url-outcome", "Set");
    browser.press(Keys.ESCAPE);
    browser.see("#headline", "Ready");

    webhook.publish(3);
    browser.see("#total-delivered", "3");
    browser.see("#headline", "Delivering");
    browser.see("#attempts-rows tr:nth-child(3) .chip", "delivered");

    receiver.usually(refusing(500, "out of <b>order</b>"));
    webhook.publish(8);
    browser.see("#headline", "Not delivering");
    browser.see("#fact-circuit", "open");
    webhook.publish(1);
    browser.see("#explanation", "500 from http://127.0.0.1:" + receiver.port());
    browser.see("#advice", "The receiver is in trouble");
    browser.see("#dlq-rows tr:nth-child(6) .why", "500 from http://127.0.0.1:");
    browser.see("#problems-only").click();
    browser.see("#attempts-rows .chip[data-outcome=failed]", "failed");

    receiver.usually(Effect.status(204));
    browser.see("#headline", "Delivering");
    int dead = webhook.deadLetters().size();
    browser.see("#redrive", "Redrive all " + dead);
    browser.click("#redrive");
    browser.see("#confirm-title", "Redrive " + dead + " dead letters?");
    browser.click("#confirm-yes");
    browser.see("#dlq-outcome", "Redriven " + dead + ".");
    browser.see("#dlq-empty", "None.");
    browser.see("#total-delivered", "12");
    browser.see("#total-failed", "0");
    webhook.awaitSettled(12);
  }

  @Test
  void whatComesFromOutsideIsShownAsTextAlone() {
    serve(webhook.options().setMaxAttempts(1));
    String attack = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'>";
    receiver.usually(refusing(422, attack));
    webhook.publish(attack, new JsonObject().put(attack, attack).put("api_key", "not to be seen"));
    signIn();
    browser.see("#dlq-rows .action", attack);
    browser.click("#dlq-rows .unfold");
    assertThat(browser.see("#dlq-rows .details").getText())
        .contains("\"" + attack + "\": \"" + attack + "\"", "\"api_key\": \"<redacted>\"")
        .contains("The receiver refuses this event itself.");
    assertThat(browser.see("#dlq-rows .details pre:last-of-type").getText()).isEqualTo(attack);
    webhook.publish(attack, null);
    browser.see("#attempts-rows .action", attack);
    assertThat(browser.<Object>run("return window.hacked")).isNull();
    assertThat(
            browser.<Long>run("return document.querySelectorAll('main img, main script').length"))
        .isZero();
  }

  @Test
  void theTestButtonTellsWhatCameBack() {
    serve(webhook.options());
    signIn();
    browser.click("#test");
    browser.see("#test-outcome", "the receiver answered 204 in ");
    receiver.usually(Effect.status(401));
    browser.click("#test");
    browser.see("#test-outcome", "answered 401");
    browser.see("#test-outcome", "The receiver does not accept the credentials.");
    receiver.stop();
    browser.click("#test");
    browser.see("#test-outcome", "refused");
    assertThat(webhook.state().received()).isZero();
  }

  @Test
  void aSecretIsGeneratedAndSetAndNotShownAgain() {
    serve(webhook.options());
    signIn();
    browser.see("#fact-signed", "no: set a secret");
    browser.click("#change");
    browser.click("#generate");
    String secret = browser.see("#secret").getDomProperty("value");
    assertThat(secret).startsWith("whsec_");
    browser.click("#secret-form [type=submit]");
    browser.see("#secret-outcome", "Set");
    browser.see("#fact-signed", "yes");
    browser.click("#settings-close");
    browser.click("#change");
    assertThat(browser.see("#secret").getDomProperty("value")).isEmpty();
    assertThat(browser.see("#secret").getDomProperty("type")).isEqualTo("password");
    assertThat(browser.<String>run("return document.documentElement.outerHTML"))
        .doesNotContain(secret);
  }

  @Test
  void aSecretThatHasLeakedEndsAtOnceIfThatIsChosen() {
    serve(webhook.options().setSecrets(List.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")));
    signIn();
    browser.click("#change");
    browser.click("#generate");
    browser.click("#revoke");
    browser.click("#secret-form [type=submit]");
    browser.see("#secret-outcome", "Set: requests are signed with it alone from now on.");
    assertThat(browser.see("#revoke").isSelected()).isFalse();
    webhook.publish(1);
    webhook.awaitSettled(1);
    assertThat(receiver.takeRequest().headers().get("webhook-signature")).doesNotContain(" ");
  }

  @Test
  void disablingAsksFirst() {
    serve(webhook.options());
    signIn();
    browser.click("#change");
    browser.click("#disable");
    browser.see("#confirm-title", "Disable the endpoint?");
    browser.click("#confirm-yes");
    browser.see("#url-outcome", "Disabled");
    browser.press(Keys.ESCAPE);
    browser.see("#headline", "No URL");
    assertThat(webhook.state().enabled()).isFalse();
  }

  @Test
  void deliveryIsPausedAfterAQuestionAndResumedWithoutOne() {
    serve(webhook.options());
    signIn();
    browser.see("#hold", "Pause delivery");
    browser.click("#hold");
    browser.see("#confirm-title", "Pause the delivery?");
    browser.press(Keys.ESCAPE);
    browser.awaitHidden("#confirm");
    assertThat(webhook.state().paused()).isFalse();
    browser.click("#hold");
    browser.click("#confirm-yes");
    browser.see("#test-outcome", "Paused");
    browser.see("#headline", "Paused");
    browser.see("#fact-enabled", "paused");
    webhook.publish(2);
    browser.see("#total-pending", "2");
    browser.see("#explanation", "Entries are accepted and wait; 2 events wait now.");
    assertThat(receiver.requests()).isEmpty();
    browser.see("#hold", "Resume delivery");
    browser.click("#hold");
    browser.see("#total-delivered", "2");
    browser.see("#headline", "Delivering");
    browser.see("#hold", "Pause delivery");
  }

  @Test
  void aReceiverThatIsGonePausesAndTheReasonIsShown() {
    serve(webhook.options());
    receiver.usually(Effect.status(410));
    webhook.publish(3);
    signIn();
    browser.see("#headline", "Paused");
    browser.see("#explanation", "410 Gone from http://127.0.0.1:" + receiver.port());
    browser.see("#advice", "Set another URL, or resume when it is back");
    assertThat(browser.isVisible("#dlq-empty")).isTrue();
    receiver.usually(Effect.status(204));
    browser.click("#change");
    browser.type("#url", receiver.url("/other"));
    browser.press(Keys.ENTER);
    browser.see("#url-outcome", "Set: events go there from now on.");
    browser.press(Keys.ESCAPE);
    browser.see("#total-delivered", "3");
    browser.see("#headline", "Delivering");
  }

  @Test
  void underAPathOfAHostThatGuardsItselfNoTokenIsAskedFor() {
    webhook.deploy();
    Router host = Router.router(webhook.vertx());
    JsonObject http = new JsonObject().putNull("adminToken");
    host.route("/admin/*").subRouter(result(WebhookRouterVerticle.router(webhook.vertx(), http)));
    var server =
        result(webhook.vertx().createHttpServer().requestHandler(host).listen(0, "127.0.0.1"));
    console = "http://127.0.0.1:" + server.actualPort() + "/admin/";
    browser.go(console.substring(0, console.length() - 1));
    browser.see("#contact", "Live");
    assertThat(browser.url()).isEqualTo(console + "#/endpoints/default");
    assertThat(browser.isVisible("#sign-in")).isFalse();
    assertThat(browser.isVisible("#sign-out")).isFalse();
    webhook.publish(2);
    browser.see("#total-delivered", "2");
    browser.see("#attempts-rows tr:nth-child(2) .chip", "delivered");
    browser.see("#rates canvas");
  }

  @Test
  void theActionsAreReachedByTheKeyboardInTheOrderOfThePage() {
    serve(webhook.options().setMaxAttempts(1));
    receiver.usually(refusing(422, "no"));
    webhook.publish(1);
    webhook.awaitSettled(1);
    signIn();
    assertThat(browser.<String>run("return document.activeElement.id")).isEqualTo("main");
    browser.go(console);
    browser.see("#dlq-rows .unfold");
    List<String> reached = new ArrayList<>();
    for (int i = 0; i < 25 && !reached.contains("pause"); i++) {
      browser.press(Keys.TAB);
      reached.add(
          browser.run("return document.activeElement.id || document.activeElement.className"));
    }
    assertThat(reached)
        .containsSubsequence(
            "sign-out",
            "test",
            "change",
            "hold",
            "redrive",
            "purge",
            "dlq-table",
            "dlq-all",
            "quiet unfold",
            "problems-only",
            "pause");
    browser.run("document.querySelector('.unfold').focus()");
    browser.press(Keys.ENTER);
    browser.see("#dlq-rows .details", "no");
    browser.run("document.querySelector('#purge').focus()");
    browser.press(Keys.SPACE);
    browser.see("#confirm");
    assertThat(browser.<String>run("return document.activeElement.id")).isEqualTo("confirm-no");
    browser.press(Keys.TAB);
    browser.press(Keys.ENTER);
    browser.see("#dlq-empty", "None.");
    assertThat(
            browser.<Long>run(
                "return [...document.querySelectorAll('button, input')]"
                    + ".filter(e => !(e.textContent || e.ariaLabel || e.labels?.length)).length"))
        .as("controls without a name")
        .isZero();
  }

  @Test
  void aServiceThatGoesAwayAndComesBackIsFoundAgain() {
    webhook.deploy();
    HttpOptions options = new HttpOptions().setPort(0).setAdminToken(TOKEN);
    WebhookRouterVerticle router = new WebhookRouterVerticle(options);
    String id = result(webhook.vertx().deployVerticle(router));
    console = "http://127.0.0.1:" + router.actualPort() + "/";
    options.setPort(router.actualPort());
    signIn();
    result(webhook.vertx().undeploy(id));
    browser.see("#headline", "No contact");
    browser.see("#contact", "No contact");
    result(webhook.vertx().deployVerticle(new WebhookRouterVerticle(options)));
    browser.see("#contact", "Live");
    webhook.publish(1);
    browser.see("#attempts-rows .chip", "delivered");
  }

  @Test
  void whenTheTokenIsNoLongerValidAnotherIsAskedForAndThePageGoesOn() {
    webhook.deploy();
    HttpOptions options = new HttpOptions().setPort(0).setAdminToken(TOKEN);
    WebhookRouterVerticle router = new WebhookRouterVerticle(options);
    String id = result(webhook.vertx().deployVerticle(router));
    console = "http://127.0.0.1:" + router.actualPort() + "/";
    signIn();
    result(webhook.vertx().undeploy(id));
    options.setPort(router.actualPort()).setAdminToken("another-browser-test-token");
    result(webhook.vertx().deployVerticle(new WebhookRouterVerticle(options)));
    browser.see("#token-problem", "Not a valid token.");
    assertThat(browser.isVisible("#page")).isFalse();
    browser.type("#token", "another-browser-test-token");
    browser.press(Keys.ENTER);
    browser.see("#contact", "Live");
    browser.see("#page-id", "default");
  }
}
