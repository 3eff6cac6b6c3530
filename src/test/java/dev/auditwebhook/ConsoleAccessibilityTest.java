package dev.auditwebhook;

import static dev.auditwebhook.testing.Webhooks.circuit;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.testing.Effect;
import dev.auditwebhook.testing.ScriptedReceiver;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** Every view and state of the console, in which axe finds nothing, light or dark, wide or not. */
class ConsoleAccessibilityTest extends InABrowser {

  private static final int WIDE = 1280;
  private static final int NARROW = 400;

  private final List<String> found = new ArrayList<>();

  /** Looks at the page as it is now, in both schemes and widths. */
  private void lookAt(String state) {
    for (int width : List.of(NARROW, WIDE)) {
      browser.width(width);
      for (String scheme : List.of("dark", "light")) {
        browser.scheme(scheme);
        for (String barrier : browser.barriers()) {
          found.add(state + ", " + scheme + ", " + width + " px: " + barrier);
        }
      }
    }
  }

  private void assertNoBarriers() {
    assertThat(found).isEmpty();
  }

  @Test
  void axeDoesLook() {
    serve(webhook.options());
    browser.go(console);
    browser.see("#token");
    browser.run("document.querySelector('h1 img').removeAttribute('alt')");
    assertThat(browser.barriers()).singleElement().asString().startsWith("image-alt: img");
  }

  @Test
  void theSignIn() {
    serve(webhook.options());
    browser.go(console);
    browser.see("#token");
    lookAt("sign-in");
    browser.type("#token", "wrong");
    browser.press(Keys.ENTER);
    browser.see("#token-problem", "Not a valid token.");
    lookAt("refused sign-in");
    assertNoBarriers();
  }

  @Test
  void fromNoUrlToAllIsWell() {
    serve(webhook.options().setUrl(""));
    signIn();
    browser.see("#headline", "No URL");
    lookAt("no URL");
    browser.click("#change");
    lookAt("settings without a URL");
    browser.type("#url", "ftp://127.0.0.1/");
    browser.press(Keys.ENTER);
    browser.see("#url-outcome", "url: must begin with https:// or http://.");
    lookAt("a URL that is refused");
    browser.type("#url", receiver.url());
    browser.press(Keys.ENTER);
    browser.see("#url-outcome", "Set");
    browser.click("#generate");
    lookAt("a secret that is generated");
    browser.press(Keys.ESCAPE);
    browser.see("#headline", "Ready");
    lookAt("ready");
    webhook.publish(3);
    browser.see("#attempts-rows tr:nth-child(3) .chip", "delivered");
    browser.see("#headline", "Delivering");
    browser.click("#test");
    browser.see("#test-outcome", "the receiver answered 204 in ");
    lookAt("delivering");
    browser.click("#hold");
    browser.see("#confirm-title", "Pause the delivery?");
    lookAt("the question before a pause");
    browser.click("#confirm-yes");
    browser.see("#headline", "Paused");
    lookAt("paused");
    browser.click("#problems-only");
    browser.click("#pause");
    lookAt("problems only");
    assertNoBarriers();
  }

  @Test
  void anOutageAndItsDeadLetters() {
    serve(circuit(webhook.options(), 6, 60_000).setMaxAttempts(2).setDlqCapacity(3));
    receiver.usually(refusing(422, "no"));
    for (int i = 0; i < 5; i++) {
      webhook.publish("user.login", new JsonObject().put("user", "mara").put("n", i));
    }
    webhook.awaitSettled(5);
    signIn();
    browser.see("#dlq-rows tr:nth-child(3)");
    webhook.publish(1);
    browser.see("#headline", "Delivering, but some are given up");
    browser.click("#dlq-rows tr:nth-child(2) input");
    browser.click("#dlq-rows .unfold");
    browser.see("#dlq-rows .details pre");
    lookAt("dead letters");
    browser.click("#purge");
    browser.see("#confirm-title", "Purge 1 dead letter?");
    lookAt("the question before a purge");
    browser.press(Keys.ESCAPE);
    receiver.usually(Effect.status(500));
    webhook.publish(10);
    browser.see("#headline", "Not delivering");
    browser.see("#attempts-rows .chip[data-outcome=retry]");
    browser.see("#attempts-rows .chip[data-outcome=failed]");
    browser.click("#test");
    browser.see("#test-outcome", "answered 500");
    lookAt("open circuit");
    assertNoBarriers();
  }

  @Test
  void theListOfEndpoints() {
    ScriptedReceiver refusing = webhook.anotherReceiver();
    refusing.usually(refusing(422, "no"));
    ScriptedReceiver gone = webhook.anotherReceiver();
    gone.usually(Effect.status(410));
    ScriptedReceiver down = webhook.anotherReceiver();
    down.usually(Effect.status(503));
    serve(circuit(webhook.options().setUrl(down.url()), 1, 60_000));
    put("refusing", refusing.url());
    put("gone", gone.url());
    put("nowhere", "");
    put("well", receiver.url());
    put("held", receiver.url());
    result(webhook.client().endpoint("held").pause());
    webhook.publish(1);
    signIn();
    browser.see("#list-headline", "4 of 6 endpoints need attention");
    lookAt("list");
    browser.type("#search", "paused");
    browser.see("#found", "2 of 6 shown");
    lookAt("search");
    browser.type("#search", "nothing at all");
    browser.see("#list-empty");
    lookAt("search that finds nothing");
    assertNoBarriers();
  }

  @Test
  void theFormOfAnEndpoint() {
    serve(webhook.options());
    signIn();
    browser.click("#page .add");
    for (String format : List.of("event", "splunk-hec", "loki", "otlp")) {
      browser.choose("#new-format", format);
      lookAt("form, " + format);
    }
    browser.type("#new-id", "SIEM");
    browser.type("#new-url", receiver.url());
    browser.see("#url-fit", "This URL does not end so.");
    browser.click("#new-generate");
    browser.click("summary");
    browser.click("#save");
    browser.see("#form-outcome", "endpoint: ");
    lookAt("form with a mistake");
    browser.type("#new-id", "siem");
    browser.click("#save");
    browser.see("#test-outcome", "Added");
    lookAt("an endpoint that was added");
    browser.click("#change");
    lookAt("settings of one that can be removed");
    browser.click("#remove");
    browser.see("#confirm-title", "Remove siem?");
    lookAt("the question before a removal");
    browser.press(Keys.ESCAPE);
    browser.awaitHidden("#confirm");
    browser.click("#replace");
    browser.see("#form-warning");
    lookAt("replacement");
    browser.click("#cancel");
    browser.see("#headline", "Ready");
    result(webhook.client().remove("siem"));
    browser.see("#headline", "No such endpoint");
    lookAt("an endpoint that is not there");
    assertNoBarriers();
  }

  private void put(String id, String url) {
    result(webhook.client().put(id, new EndpointOptions().setUrl(url)));
  }

  @Test
  void noContact() {
    webhook.deploy();
    WebhookRouterVerticle router =
        new WebhookRouterVerticle(new HttpOptions().setPort(0).setAdminToken(TOKEN));
    String id = result(webhook.vertx().deployVerticle(router));
    console = "http://127.0.0.1:" + router.actualPort() + "/";
    signIn();
    result(webhook.vertx().undeploy(id));
    browser.see("#headline", "No contact");
    lookAt("no contact");
    browser.go(console + "#/");
    browser.see("#list-headline", "No contact");
    lookAt("no contact, list");
    assertNoBarriers();
  }
}
