package dev.auditwebhook;

import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.testing.ScriptedReceiver;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** The pages of two endpoints in a real browser: what is done on one leaves the other alone. */
class EndpointPageBrowserTest extends InABrowser {

  private ScriptedReceiver siem;

  @BeforeEach
  void openThePageOfOne() {
    siem = webhook.anotherReceiver();
    serve(webhook.options());
    EndpointOptions options = new EndpointOptions().setUrl(siem.url()).setMaxAttempts(1);
    result(webhook.client().put("siem", options));
    signIn();
    browser.see("#list-headline", "2 endpoints");
    browser.go(console + "#/endpoints/siem");
    browser.see("#headline", "Ready");
    browser.see("#contact", "Live");
  }

  private WebhookClient.State state() {
    return result(webhook.client().endpoint("siem").get());
  }

  private void assertDefaultIsUntouched() {
    assertThat(webhook.state().url()).isEqualTo(receiver.url());
    assertThat(webhook.state().enabled()).isTrue();
    assertThat(webhook.state().signed()).isFalse();
  }

  @Test
  void totalsAttemptsAndDeadLettersAreThoseOfTheEndpointAlone() {
    siem.usually(refusing(422, "no"));
    webhook.publish(2);
    browser.see("#total-failed", "2");
    browser.see("#dlq-rows tr:nth-child(2) .why", "422 from http://127.0.0.1:" + siem.port());
    browser.see("#attempts-rows tr:nth-child(2) .chip", "failed");
    assertThat(browser.texts("#attempts-rows .chip")).containsExactly("failed", "failed");
    browser.click("#dlq-rows .unfold");
    browser.see("#dlq-rows .details");

    browser.go(console + "#/endpoints/default");
    browser.see("#page-id", "default");
    browser.see("#total-delivered", "2");
    browser.see("#total-failed", "0");
    browser.see("#dlq-empty", "None.");
    browser.see("#attempts-empty", "None yet.");
    browser.see("#contact", "Live");
    webhook.publish(1);
    browser.see("#attempts-rows .chip", "delivered");
    assertThat(browser.texts("#attempts-rows .chip")).containsExactly("delivered");

    browser.run("history.back()");
    browser.see("#dlq-rows tr:nth-child(3)");
    browser.see("#redrive", "Redrive all 3");
    siem.usually(refusing(204, ""));
    browser.click("#redrive");
    browser.click("#confirm-yes");
    browser.see("#dlq-outcome", "Redriven 3.");
    browser.see("#total-delivered", "3");
    browser.see("#dlq-empty", "None.");
  }

  @Test
  void urlSecretAndBackoffAreChanged() {
    browser.click("#change");
    browser.see("#settings-title", "Endpoint siem");
    browser.type("#url", "https://user@siem.example/");
    browser.press(Keys.ENTER);
    browser.see("#url-outcome", "url: must have no user-info");
    browser.type("#url", siem.url("/other"));
    browser.press(Keys.ENTER);
    browser.see("#url-outcome", "Set: events go there from now on.");
    browser.click("#generate");
    browser.click("#secret-form [type=submit]");
    browser.see("#secret-outcome", "Set");
    browser.type("#backoff", "soon");
    browser.press(Keys.ENTER);
    browser.see("#backoff-outcome", "Enter a whole number of milliseconds.");
    browser.type("#backoff", "0");
    browser.press(Keys.ENTER);
    browser.see("#backoff-outcome", "initial_backoff: must be");
    browser.type("#backoff", "200");
    browser.press(Keys.ENTER);
    browser.see("#backoff-outcome", "Set");
    browser.click("#settings-close");
    browser.see("#fact-signed", "yes");
    assertThat(state().url()).isEqualTo(siem.url("/other"));
    assertDefaultIsUntouched();
  }

  @Test
  void deliveryIsPausedAndResumed() {
    browser.click("#hold");
    browser.click("#confirm-yes");
    browser.see("#headline", "Paused");
    webhook.publish(2);
    browser.see("#total-pending", "2");
    assertDefaultIsUntouched();
    webhook.awaitSettled(2);
    browser.click("#hold");
    browser.see("#total-delivered", "2");
    browser.see("#headline", "Delivering");
  }

  @Test
  void itIsDisabledAndGetsAUrlAgain() {
    browser.click("#change");
    browser.click("#disable");
    browser.click("#confirm-yes");
    browser.see("#url-outcome", "Disabled");
    browser.type("#url", siem.url());
    browser.press(Keys.ENTER);
    browser.see("#url-outcome", "Set: events go there from now on.");
    browser.press(Keys.ESCAPE);
    browser.see("#headline", "Ready");
    assertDefaultIsUntouched();
  }

  @Test
  void itIsRemovedAfterAQuestionThatSaysWhatGoesWithIt() {
    siem.usually(refusing(422, "no"));
    webhook.publish(2);
    browser.see("#total-failed", "2");
    result(webhook.client().endpoint("siem").pause());
    webhook.publish(3);
    browser.see("#total-pending", "3");
    browser.click("#change");
    browser.click("#remove");
    browser.see("#confirm-title", "Remove siem?");
    browser.see("#confirm-text", "3 pending events are abandoned");
    browser.see("#confirm-text", "2 dead letters go with it.");
    browser.press(Keys.ESCAPE);
    browser.awaitHidden("#confirm");
    assertThat(state().pending()).isEqualTo(3);
    browser.click("#remove");
    browser.click("#confirm-yes");
    browser.see("#list-outcome", "Removed siem; 3 pending events were abandoned.");
    browser.see("#list-headline", "1 endpoint, all is well");
    browser.run("history.back()");
    browser.see("#headline", "No such endpoint");
    assertDefaultIsUntouched();
  }

  @Test
  void theDefaultEndpointCannotBeRemoved() {
    browser.go(console + "#/endpoints/default");
    browser.see("#headline", "Ready");
    browser.click("#change");
    browser.see("#remove-hint", "it can be disabled, but not removed");
    assertThat(browser.isVisible("#remove")).isFalse();
    assertThat(browser.isVisible("#replace")).isTrue();
  }

  @Test
  void oneThatWasRemovedElsewhereIsToldSoUntilItIsThereAgain() {
    result(webhook.client().remove("siem"));
    browser.see("#headline", "No such endpoint");
    browser.see("#explanation", "There is no endpoint siem.");
    assertThat(browser.see("#change").isEnabled()).isFalse();
    result(webhook.client().put("siem", new EndpointOptions().setUrl(siem.url("/again"))));
    browser.see("#headline", "Ready");
    browser.see("#fact-url", siem.url("/again"));
  }
}
