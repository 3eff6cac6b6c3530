package dev.auditwebhook;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** The dead letters of the console in a real browser. */
class DeadLettersBrowserTest extends InABrowser {

  @Test
  void someDeadLettersAreChosenAndPurged() {
    serve(webhook.options().setMaxAttempts(1));
    receiver.usually(refusing(422, ""));
    webhook.publish(3);
    webhook.awaitSettled(3);
    signIn();
    browser.click("#dlq-rows tr:nth-child(2) input");
    browser.see("#purge", "Purge 1 of 3");
    browser.click("#purge");
    browser.see("#confirm-title", "Purge 1 dead letter?");
    browser.press(Keys.ESCAPE);
    browser.awaitHidden("#confirm");
    assertThat(webhook.deadLetters()).hasSize(3);
    browser.click("#purge");
    browser.click("#confirm-yes");
    browser.see("#dlq-outcome", "Purged 1.");
    browser.see("#purge", "Purge all 2");
    browser.await("document.querySelectorAll('#dlq-rows tr').length === 2");
    assertThat(webhook.deadLetters().stream().map(WebhookClient.DeadLetter::eventId))
        .doesNotContain(
            receiver.requests().stream().map(r -> r.eventId()).sorted().toList().get(1));
  }

  @Test
  void deadLettersThatTakeSeveralRepliesAreReadToTheEnd() {
    serve(webhook.options().setMaxAttempts(1).setDlqCapacity(300));
    receiver.usually(refusing(422, ""));
    for (int i = 0; i < 80; i++) {
      webhook.publish("large", "x".repeat(60_000));
    }
    webhook.awaitSettled(80);
    signIn();
    browser.see("#dlq-rows tr:nth-child(80) .id", "#80");
    assertThat(browser.isVisible("#dlq-more")).isFalse();
    webhook.publish(50);
    browser.click("#dlq-more");
    browser.see("#dlq-rows tr:nth-child(130) .id", "#130");
    browser.awaitHidden("#dlq-more");
    browser.click("#purge");
    browser.click("#confirm-yes");
    browser.see("#dlq-outcome", "Purged 130.");
    browser.see("#dlq-empty", "None.");
  }
}
