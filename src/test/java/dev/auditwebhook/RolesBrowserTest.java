package dev.auditwebhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.testing.Webhooks;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** The console shows to each role what it may do, and nothing else. */
class RolesBrowserTest extends InABrowser {

  private static final List<String> FOR_OPERATORS =
      List.of("#test", "#redrive", "#purge", "#dlq-all", "#dlq-rows .tick input");
  private static final List<String> FOR_ADMINISTRATORS = List.of("#change", "#hold", "#page .add");

  private WebhookRouterVerticle router;

  @BeforeEach
  void serveWithTokensOfEachRole() {
    webhook.deploy(webhook.options().setMaxAttempts(1));
    receiver.usually(refusing(422, "no"));
    webhook.publish(2);
    router = new WebhookRouterVerticle(tokens("metrics", "ingest", "read", "operate", "admin"));
    Webhooks.result(webhook.vertx().deployVerticle(router));
    console = "http://127.0.0.1:" + router.actualPort() + "/";
  }

  private static HttpOptions tokens(String... roles) {
    HttpOptions options = new HttpOptions().setPort(0).setAdminToken(TOKEN);
    for (String role : roles) {
      options.addToken(
          new TokenOptions().setName("mara-" + role).setRole(role).setToken(tokenOf(role)));
    }
    return options;
  }

  private static String tokenOf(String role) {
    return "browser-token-for-" + role;
  }

  private void signIn(String token) {
    browser.go(console);
    browser.type("#token", token);
    browser.press(Keys.ENTER);
  }

  private void assertSeen(List<String> shown, List<String> hidden) {
    browser.see("#dlq-rows tr:nth-child(2)");
    shown.forEach(browser::see);
    assertThat(hidden).noneMatch(browser::isVisible);
    assertThat(browser.barriers()).isEmpty();
  }

  private void assertNothingToAdd(String hash) {
    browser.run("location.hash = '" + hash + "'");
    browser.await("!location.hash.endsWith('add') && !location.hash.endsWith('replace')");
    assertThat(browser.isVisible("#form")).isFalse();
  }

  @Test
  void whoMayReadSeesAllAndChangesNothing() {
    signIn(tokenOf("read"));
    browser.see("#who", "mara-read, role read");
    assertSeen(List.of("#dlq-rows .unfold"), FOR_OPERATORS);
    assertThat(FOR_ADMINISTRATORS).noneMatch(browser::isVisible);
    assertNothingToAdd("#/add");
    assertNothingToAdd("#/endpoints/default/replace");
    browser.width(400);
    assertThat(browser.isTooWide()).isFalse();
    assertThat(browser.barriers()).isEmpty();
  }

  @Test
  void whoOperatesTestsRedrivesAndPurges() {
    signIn(tokenOf("operate"));
    browser.see("#who", "mara-operate, role operate");
    assertSeen(FOR_OPERATORS, FOR_ADMINISTRATORS);
    assertNothingToAdd("#/add");
    browser.run("location.hash = '#/endpoints/default'");
    browser.click("#test");
    browser.see("#test-outcome", "the receiver answered 422");
    browser.click("#dlq-rows .tick input");
    browser.click("#purge");
    browser.click("#confirm-yes");
    browser.see("#dlq-outcome", "Purged 1.");
  }

  @Test
  void anAdministratorMayAll() {
    signIn(tokenOf("admin"));
    browser.see("#who", "mara-admin, role admin");
    assertSeen(FOR_OPERATORS, List.of());
    FOR_ADMINISTRATORS.forEach(browser::see);
    browser.run("location.hash = '#/add'");
    browser.see("#form");
  }

  @Test
  void aTokenForOneRouteIsToldSo() {
    signIn(tokenOf("ingest"));
    browser.see(
        "#token-problem",
        "The token mara-ingest has the role ingest: it is good for POST /audit alone.");
    signIn(tokenOf("metrics"));
    browser.see(
        "#token-problem",
        "The token mara-metrics has the role metrics: it is good for GET /metrics alone.");
    assertThat(browser.texts("#who")).isEmpty();
  }

  @Test
  void aRoleThatChangesIsFollowed() {
    signIn(tokenOf("read"));
    assertSeen(List.of(), FOR_OPERATORS);
    router.tokens(
        tokens()
            .addToken(
                new TokenOptions().setName("mara").setRole("operate").setToken(tokenOf("read"))));
    browser.see("#who", "mara, role operate");
    assertSeen(FOR_OPERATORS, FOR_ADMINISTRATORS);
    router.tokens(tokens());
    browser.see("#token-problem", "Not a valid token.");
  }
}
