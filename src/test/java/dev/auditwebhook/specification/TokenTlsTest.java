package dev.auditwebhook.specification;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.testing.Certificates;
import dev.auditwebhook.testing.EveryStore;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.TokenEndpoint;
import dev.auditwebhook.testing.WebhookExtension;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.PfxOptions;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A token endpoint behind TLS: the client options hold for it too. */
@EveryStore
class TokenTlsTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();

  @TempDir private static Path dir;

  private static Certificates certificates;

  private static PfxOptions localhost;

  private static PfxOptions otherName;

  private static PfxOptions clientKey;

  private TokenEndpoint idp;

  @BeforeAll
  static void makeCertificates() {
    certificates = new Certificates(dir);
    localhost = certificates.issue("localhost", "dns:localhost");
    otherName = certificates.issue("other-name", "dns:idp.example");
    clientKey = certificates.issue("client", "dns:client.example");
  }

  private void ask(HttpServerOptions options) {
    idp = TokenEndpoint.of(ScriptedReceiver.start(webhook.elsewhere(), options));
  }

  private static HttpServerOptions tls(PfxOptions key) {
    return new HttpServerOptions().setSsl(true).setSni(true).setKeyCertOptions(key);
  }

  private static HttpServerOptions mutualTls() {
    return tls(localhost)
        .setClientAuth(ClientAuth.REQUIRED)
        .setTrustOptions(new PemTrustOptions().addCertPath(certificates.authority()));
  }

  private String origin() {
    return "https://localhost:" + idp.server().port();
  }

  private WebhookOptions options(JsonObject client) {
    return webhook.options().setAuth(idp.auth(origin() + "/token")).setClient(client);
  }

  private void isGranted(WebhookOptions options) {
    webhook.deploy(options);
    webhook.publish(1);
    assertThat(webhook.awaitSettled(1).delivered()).isEqualTo(1);
  }

  private void fails(WebhookOptions options, String why) {
    webhook.deploy(options);
    webhook.publish(1);
    assertThat(webhook.awaitSettled(1).failed()).isEqualTo(1);
    assertThat(webhook.deadLetters().get(0).error())
        .startsWith("no token from " + origin() + ": TLS failure: " + why)
        .contains(", so no answer from ");
    assertThat(idp.requests()).isEmpty();
  }

  @Test
  void whomTheClientTrustsIsTrusted() {
    ask(tls(localhost));
    isGranted(options(certificates.trusting()));

    assertThat(idp.server().takeRequest().serverName()).as("SNI").isEqualTo("localhost");
  }

  @Test
  void nobodyElseIs() {
    ask(tls(localhost));
    fails(
        options(new JsonObject()),
        "the server's certificate has an issuer that is not trusted, so no answer");
  }

  @Test
  void aCertificateForAnotherNameIsRefused() {
    ask(tls(otherName));
    fails(
        options(certificates.trusting()),
        "the server's certificate is for another name, so no answer");
  }

  @Test
  void theClientCertificateIsForTheReceiversOriginAlone() {
    ask(mutualTls());
    fails(
        options(certificates.trusting().put("pfxKeyCertOptions", clientKey.toJson())),
        "the server wants a client certificate");
  }

  @Test
  void unlessTheOriginOfTheTokenUrlIsNamed() {
    ask(mutualTls());
    isGranted(
        options(certificates.trusting().put("pfxKeyCertOptions", clientKey.toJson()))
            .setAllowedOrigins(List.of(origin())));
  }

  @Test
  void itIsAskedOverHttp1WhateverTheReceiverSpeaks() {
    ask(tls(localhost).setUseAlpn(true));
    isGranted(
        options(
            certificates
                .trusting()
                .put("protocolVersion", "HTTP_2")
                .put("http2ClearTextUpgrade", false)
                .put("useAlpn", true)));

    assertThat(idp.server().takeRequest().version()).isEqualTo(HttpVersion.HTTP_1_1);
  }
}
