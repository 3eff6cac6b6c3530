package dev.auditwebhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.testing.Browser;
import dev.auditwebhook.testing.Effect;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.Keys;

/**
 * What tests of the console have in common: a webhook, and a browser that asks nobody but its
 * service and has nothing to complain about.
 */
@Timeout(180)
abstract class InABrowser {

  static final String TOKEN = "token-of-browser-tests";

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  final ScriptedReceiver receiver = webhook.receiver();
  Browser browser;
  String console;

  @BeforeAll
  static void needABrowser() {
    Browser.assumeInstalled();
  }

  @BeforeEach
  void openBrowser() {
    browser = Browser.open();
  }

  @AfterEach
  void closeBrowser() {
    if (browser == null) {
      return;
    }
    try {
      assertThat(browser.messages())
          .noneMatch(line -> line.contains("Content Security Policy") || line.contains("Uncaught"));
      String origin = console.substring(0, console.indexOf('/', "http://".length()) + 1);
      List<String> requested = browser.run("return performance.getEntries().map(e => e.name)");
      assertThat(requested)
          .filteredOn(name -> name.contains("://"))
          .isNotEmpty()
          .allMatch(name -> name.startsWith(origin));
    } finally {
      browser.close();
    }
  }

  void serve(WebhookOptions options) {
    webhook.deploy(options);
    int port = webhook.serveHttp(TOKEN);
    console = "http://127.0.0.1:" + port + "/";
  }

  void signIn() {
    browser.go(console);
    browser.type("#token", TOKEN);
    browser.press(Keys.ENTER);
    browser.see("#contact", "Live");
  }

  static Effect refusing(int status, String body) {
    return Effect.status(status, Map.of("content-type", "text/html"), body);
  }
}
