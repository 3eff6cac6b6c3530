package dev.auditwebhook;

import static dev.auditwebhook.testing.Webhooks.circuit;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.testing.Effect;
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
  void fromNoEndpointToAllIsWell() {
    serve(webhook.options().setUrl(""));
    signIn();
    browser.see("#headline", "No endpoint");
    lookAt("no endpoint");
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
    assertNoBarriers();
  }
}
