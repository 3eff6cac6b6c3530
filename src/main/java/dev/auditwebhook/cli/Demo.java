package dev.auditwebhook.cli;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.WebhookAddresses;
import dev.auditwebhook.WebhookClient;
import dev.auditwebhook.cli.demo.DemoReceiver;
import dev.auditwebhook.cli.demo.SampleEntries;
import dev.auditwebhook.security.access.BearerToken;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import java.time.LocalTime;
import java.util.Base64;

/**
 * The whole service at work: entries go to an embedded receiver that sometimes fails, and every
 * outcome is a line.
 *
 * <p>The service is deployed as a child, so an undeploy drains it while the receiver still answers.
 */
final class Demo extends VerticleBase {

  private static final int BURST = 8;
  private static final long BURST_INTERVAL = 150;
  private static final long INTERVAL = 500;
  private static final long ACCOUNTING_INTERVAL = 10_000;
  private static final long FIRST_ACCOUNTING = 4_000;

  private final Terminal terminal;
  private final Service service;
  private final SampleEntries entries = new SampleEntries();
  private WebhookClient client;

  /** A demo, whose deployment needs a {@code config()} such as {@link #settings()}. */
  Demo(Terminal terminal, Service service) {
    this.terminal = terminal;
    this.service = service;
  }

  /** The configuration of the demo's service: short waits, and a secret and a token made now. */
  static JsonObject settings() {
    byte[] key = new byte[24];
    new SecureRandom().nextBytes(key);
    String secret = "whsec_" + Base64.getEncoder().encodeToString(key);
    JsonObject webhook =
        new JsonObject().put("secrets", new JsonArray().add(secret)).put("initialBackoff", 200);
    return new JsonObject()
        .put("webhook", webhook)
        .put("http", new HttpOptions().setAdminToken(BearerToken.random()).toJson());
  }

  @Override
  public Future<?> start() {
    client = WebhookClient.create(vertx);
    JsonObject config = config().copy();
    JsonObject http = config.getJsonObject("http");
    int wantedPort = http.getInteger("port");
    if (!isFree(http.getString("host"), wantedPort)) {
      http.put("port", 0);
    }
    vertx
        .eventBus()
        .<JsonObject>localConsumer(WebhookAddresses.of(http.getString("address")).attempts())
        .handler(message -> show(message.body()));
    return new DemoReceiver(vertx)
        .start()
        .onSuccess(url -> config.getJsonObject("webhook").put("url", url))
        .compose(url -> service.deploy(vertx, config))
        .onSuccess(
            running -> {
              introduce(config, running.port(), wantedPort);
              emit(1);
              vertx.setPeriodic(FIRST_ACCOUNTING, ACCOUNTING_INTERVAL, timer -> account());
            });
  }

  private void introduce(JsonObject config, int port, int wantedPort) {
    JsonObject http = config.getJsonObject("http");
    terminal.boldLine("Audit webhook demo");
    terminal.line("  console   " + Service.url(new HttpOptions(http), port) + "/");
    if (port != wantedPort && wantedPort != 0) {
      terminal.line("            (port " + wantedPort + " is taken)");
    }
    terminal.line("  token     " + http.getString("adminToken"));
    terminal.line("  receiver  " + config.getJsonObject("webhook").getString("url"));
    terminal.line("            fails now and then, and always refuses " + SampleEntries.REFUSED);
    terminal.line("  stop      Ctrl-C");
    terminal.line("");
  }

  private void emit(int number) {
    client.publish(entries.next());
    vertx.setTimer(number < BURST ? BURST_INTERVAL : INTERVAL, timer -> emit(number + 1));
  }

  private void show(JsonObject attempt) {
    terminal.line(DemoLines.outcome(LocalTime.now(), attempt), attempt.getString("outcome"));
  }

  private void account() {
    client.get().onSuccess(state -> DemoLines.account(state).forEach(terminal::boldLine));
  }

  private static boolean isFree(String host, int port) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress(host, port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
