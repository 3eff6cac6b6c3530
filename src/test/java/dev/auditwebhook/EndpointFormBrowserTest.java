package dev.auditwebhook;

import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.testing.ScriptedReceiver;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The form that makes an endpoint, or replaces its configuration, in a real browser. */
class EndpointFormBrowserTest extends InABrowser {

  @BeforeEach
  void openTheForm() {
    serve(webhook.options());
    signIn();
    browser.click("#page .add");
    browser.see("#form-title", "Add an endpoint");
  }

  private void assertWrong(String field, String complaint) {
    browser.click("#save");
    browser.see("#form-outcome", complaint);
    browser.await("!document.querySelector('#save').ariaBusy");
    assertThat(
            browser.<String>run(
                "return [...document.querySelectorAll('#form [aria-invalid]')].map(e => e.id).join()"))
        .isEqualTo(field);
    assertThat(browser.<String>run("return document.activeElement.id")).isEqualTo(field);
  }

  @Test
  void everyFormatSaysWhatItsReceiverWants() {
    assertHint("event", "/in", "Authorization", "checks the signature");
    assertHint("ndjson", "/in", "Authorization", "log shippers");
    assertHint("cloudevents", "/in", "Authorization", "CloudEvents SDK", "Source");
    assertHint(
        "splunk-hec",
        "/services/collector/event",
        "Authorization: Splunk ",
        "The collector's token goes into a header.",
        "Index",
        "Source type",
        "Source",
        "Host");
    assertHint("elasticsearch", "/<index>/_bulk", "Authorization: ApiKey ", "index or data stream");
    assertHint(
        "datadog",
        "/api/v2/logs",
        "DD-API-KEY: ",
        "At most 1,000 events a request.",
        "Service",
        "Source",
        "Host",
        "Tags");
    assertHint(
        "loki", "/loki/api/v1/push", "X-Scope-OrgID: ", "several tenants", "Labels, one a line");
    assertHint(
        "otlp",
        "/v1/logs",
        "Authorization",
        "a collector listens on port 4318",
        "Service",
        "Resource attributes, one a line");
    assertThat(
            browser.<List<String>>run(
                "return [...document.querySelectorAll('#new-format option')].map(o => o.value)"))
        .containsExactly(
            "event",
            "ndjson",
            "cloudevents",
            "splunk-hec",
            "elasticsearch",
            "datadog",
            "loki",
            "otlp");
  }

  private void assertHint(
      String format, String path, String header, String hint, String... options) {
    browser.choose("#new-format", format);
    browser.see("#new-format-hint", hint);
    assertThat(browser.see("#new-url").getDomAttribute("placeholder")).endsWith(path);
    assertThat(browser.see("#new-headers").getDomAttribute("placeholder")).startsWith(header);
    assertThat(browser.texts("#options label")).containsExactly(options);
  }

  @Test
  void aUrlThatIsUnusualForTheFormatIsPointedOut() {
    browser.choose("#new-format", "splunk-hec");
    browser.see("#new-url-hint", "Usually ends in /services/collector/event");
    browser.type("#new-url", "https://splunk.example:8088/services/collector");
    browser.see("#url-fit", "This URL does not end so.");
    browser.type("#new-url", "https://splunk.example:8088/services/collector/event?channel=7");
    browser.awaitHidden("#url-fit");
    browser.choose("#new-format", "otlp");
    browser.see("#url-fit", "This URL does not end so.");
  }

  @Test
  void anEndpointIsMadeWithAllThatTheFormAsksFor() {
    ScriptedReceiver splunk = webhook.anotherReceiver();
    browser.type("#new-id", "siem");
    browser.choose("#new-format", "splunk-hec");
    browser.type("#new-url", splunk.url("/services/collector/event"));
    browser.type("#new-headers", "Authorization: Splunk of-the-test\nX-Team: audit: emea");
    browser.type("#option-index", "audit");
    browser.type("#option-host", "shop-1");
    browser.click("#new-generate");
    String secret = browser.see("#new-secret").getDomProperty("value");
    browser.type("#new-actions", "user.*, !user.test");
    browser.type("#new-batch", "10");
    browser.click("summary");
    browser.type("#new-rest", "{\"maxAttempts\": 5}");
    browser.click("#save");
    browser.see("#test-outcome", "Added: it gets what arrives from now on.");
    assertThat(browser.url()).isEqualTo(console + "#/endpoints/siem");
    browser.see("#fact-format", "splunk-hec");
    browser.see("#fact-signed", "yes");
    assertThat(browser.<String>run("return document.documentElement.outerHTML"))
        .doesNotContain(secret, "of-the-test");

    webhook.publish("user.test", null);
    webhook.publish("order.paid", null);
    webhook.publish("user.login", null);
    browser.see("#total-discarded", "2");
    browser.see("#attempts-rows .action", "user.login");
    var request = splunk.requests().get(0);
    assertThat(request.headers().get("authorization")).isEqualTo("Splunk of-the-test");
    assertThat(request.headers().get("x-team")).isEqualTo("audit: emea");
    assertThat(request.headers().get("webhook-signature")).startsWith("v1,");
    JsonObject body = new JsonObject(request.body().toString());
    assertThat(body.getString("index")).isEqualTo("audit");
    assertThat(body.getString("host")).isEqualTo("shop-1");
    browser.click("#page .path a");
    browser.see("#list-rows", "siem");
  }

  @Test
  void whatIsWrongIsSaidInTheWordsOfTheServiceWhereItIs() {
    assertWrong("new-id", "Enter an id");
    browser.type("#new-id", "SIEM");
    assertWrong("new-id", "endpoint: an endpoint's id has 1 to 63 of a-z, 0-9 and -");
    browser.type("#new-id", "default");
    assertWrong("new-id", "There is an endpoint default already");
    browser.type("#new-id", "siem");
    browser.type("#new-url", "ftp://siem.example");
    assertWrong("new-url", "config.url: must begin with https:// or http://.");
    browser.type("#new-url", receiver.url());
    browser.type("#new-headers", "no colon");
    assertWrong("new-headers", "Each line must have a name, a colon and a value.");
    browser.type("#new-headers", "");
    browser.type("#new-secret", "secret");
    assertWrong("new-secret", "config.secrets");
    browser.type("#new-secret", "");
    browser.type("#new-batch", "many");
    assertWrong("new-batch", "config.batch.maxEvents");
    browser.type("#new-batch", "");
    browser.choose("#new-format", "loki");
    browser.type("#option-labels", "job");
    assertWrong("option-labels", "Each line must have a name, a colon and a value.");
    browser.type("#option-labels", "job: audit");
    browser.click("summary");
    browser.type("#new-rest", "{maxAttempts: 5}");
    assertWrong("new-rest", "This is not JSON");
    browser.type("#new-rest", "[]");
    assertWrong("new-rest", "This must be a JSON object");
    browser.type("#new-rest", "{\"url\": \"\"}");
    assertWrong("new-rest", "url is given above already.");
    browser.type("#new-rest", "{\"colour\": \"red\"}");
    browser.click("#save");
    browser.see("#form-outcome", "config.colour");
    assertThat(result(webhook.client().endpoints())).hasSize(1);
  }

  @Test
  void whatWasEnteredIsForgottenWhenTheFormIsLeft() {
    browser.type("#new-id", "siem");
    browser.click("#new-generate");
    browser.click("#cancel");
    browser.see("#list-headline");
    browser.click("#list .add");
    for (String field : List.of("#new-id", "#new-secret")) {
      assertThat(browser.see(field).getDomProperty("value")).isEmpty();
    }
    assertThat(browser.see("#new-secret").getDomProperty("type")).isEqualTo("password");
  }

  @Test
  void aConfigurationIsReplacedWholeAfterAWarning() {
    EndpointOptions options =
        new EndpointOptions()
            .setUrl(receiver.url("/siem"))
            .setSecrets(List.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
            .setActions(List.of("user.*"));
    result(webhook.client().put("siem", options));
    browser.go(console + "#/endpoints/siem");
    browser.see("#fact-signed", "yes");
    browser.click("#change");
    browser.click("#replace");
    browser.see("#form-title", "Replace the configuration of siem");
    browser.see(
        "#form-warning", "What is not given here takes its default, secrets and headers too");
    assertThat(browser.isVisible("#new-id")).isFalse();
    browser.type("#new-url", "nowhere");
    assertWrong("new-url", "config.url");
    browser.type("#new-url", receiver.url("/other"));
    browser.click("#save");
    browser.see("#test-outcome", "Replaced");
    browser.see("#fact-url", receiver.url("/other"));
    browser.see("#fact-signed", "no: set a secret");
    webhook.publish("order.paid", null);
    browser.see("#total-delivered", "1");
  }
}
