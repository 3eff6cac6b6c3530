package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Webhooks.refusal;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.AuthOptions;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.testing.Certificates;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.LogLines;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetSocket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A proxy resolves the name, and owns where connections go. */
@EveryStore
class ProxyTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private ScriptedReceiver receiver = webhook.receiver();

  /** A proxy on loopback that leads every name to the receiver, and notes what it was asked. */
  private final class Proxy {
    final List<String> asked = new CopyOnWriteArrayList<>();
    final HttpServer server =
        result(
            webhook
                .elsewhere()
                .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
                .requestHandler(this::handle)
                .listen());

    private void handle(HttpServerRequest request) {
      asked.add(request.method() + " " + request.uri());
      if (request.method() != HttpMethod.CONNECT) {
        request.response().setStatusCode(204).end();
        return;
      }
      request.pause();
      webhook
          .elsewhere()
          .createNetClient()
          .connect(receiver.port(), "127.0.0.1")
          .compose(
              there -> request.toNetSocket().onSuccess(here -> tunnel(here, there)).mapEmpty());
    }

    private void tunnel(NetSocket here, NetSocket there) {
      here.pipeTo(there);
      there.pipeTo(here);
    }

    JsonObject options() {
      return new JsonObject().put("host", "127.0.0.1").put("port", server.actualPort());
    }
  }

  @Test
  void aProxyResolvesTheNameAndIsWarnedOfOnce() {
    Certificates certificates = new Certificates(webhook.directory());
    receiver =
        ScriptedReceiver.start(
            webhook.elsewhere(),
            new HttpServerOptions()
                .setSsl(true)
                .setSni(true)
                .setKeyCertOptions(certificates.issue("other-name", "dns:siem.example")));
    Proxy proxy = new Proxy();
    try (LogLines log = new LogLines()) {
      webhook.deploy(
          webhook
              .options()
              .setUrl("https://siem.example/in")
              .setClient(certificates.trusting().put("proxyOptions", proxy.options())));
      webhook.publish(1);

      assertThat(webhook.awaitSettled(1).delivered()).isEqualTo(1);
      Received received = receiver.takeRequest();
      assertThat(proxy.asked).containsExactly("CONNECT siem.example:443");
      assertThat(received.serverName()).as("SNI").isEqualTo("siem.example");
      assertThat(received.headers().get("host")).isEqualTo("siem.example");
      assertThat(log.all()).filteredOn(line -> line.contains("proxy")).hasSize(1);
    }
  }

  @Test
  void noNameGoesPastTheProxyAsNothingWouldVetItsAddresses() {
    WebhookOptions options =
        webhook
            .options()
            .setClient(
                new JsonObject()
                    .put("proxyOptions", new JsonObject().put("host", "127.0.0.1"))
                    .put("nonProxyHosts", new JsonArray().add("*")));

    assertThatThrownBy(() -> new WebhookOptions(options.toJson()))
        .hasMessage("webhook.client.nonProxyHosts: is not allowed here");
  }

  @Test
  void plainHttpGoesThroughAProxyToo() {
    Proxy proxy = new Proxy();
    webhook.deploy(
        webhook
            .options()
            .setUrl("http://siem.example/in?a=b")
            .setClient(new JsonObject().put("proxyOptions", proxy.options())));
    webhook.publish(1);

    assertThat(webhook.awaitSettled(1).delivered()).isEqualTo(1);
    assertThat(proxy.asked).containsExactly("POST http://siem.example/in?a=b");
  }

  @Test
  void aTokenIsAskedForThroughItToo() {
    Proxy proxy = new Proxy();
    AuthOptions auth =
        new AuthOptions()
            .setTokenUrl("http://idp.example/token?a=b")
            .setClientId("audit")
            .setClientSecret("s3cret");
    webhook.deploy(
        webhook
            .options()
            .setAuth(auth)
            .setMaxAttempts(1)
            .setClient(new JsonObject().put("proxyOptions", proxy.options())));
    webhook.publish(1);

    assertThat(webhook.awaitSettled(1).lastError())
        .startsWith("no token from http://idp.example: the answer has no bearer token, ");
    assertThat(proxy.asked).containsExactly("POST http://idp.example/token?a=b");
  }

  @Test
  void forbiddenAddressesAreRefusedAtSetBehindAProxyToo() {
    Proxy proxy = new Proxy();
    webhook.deploy(
        webhook.options().setClient(new JsonObject().put("proxyOptions", proxy.options())));

    assertThat(refusal(webhook.client().setUrl("http://169.254.169.254/latest")))
        .hasMessage("url: forbidden address 169.254.169.254");
    assertThat(refusal(webhook.client().setUrl("http://0xa9fea9fe/")))
        .hasMessage("url: forbidden address 169.254.169.254");
    assertThat(refusal(webhook.client().setUrl("http://metadata.google.internal/")))
        .hasMessage("url: forbidden host metadata.google.internal");
    assertThat(proxy.asked).isEmpty();
  }
}
