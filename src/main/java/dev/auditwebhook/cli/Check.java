package dev.auditwebhook.cli;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.TokenOptions;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.http.tls.ServerCertificate;
import dev.auditwebhook.journal.postgres.database.ConnectionUri;
import dev.auditwebhook.security.AddressGuard;
import dev.auditwebhook.security.ClientOptions;
import dev.auditwebhook.security.ServerOptions;
import dev.auditwebhook.security.UrlPolicy;
import dev.auditwebhook.security.VertxOptions;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.WebClientOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What {@code serve} would do with a configuration, in lines for people. It opens no socket and no
 * store. Of a URL it shows scheme, host and port, of a token name and role, of a secret nothing.
 */
final class Check {

  private final WebhookOptions webhook;
  private final HttpOptions http;
  private final List<String> lines = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  private Check(Configuration configuration) {
    webhook = configuration.webhook();
    http = configuration.http();
  }

  /** The lines, each beginning with what it is about; warnings are the last. */
  static List<String> of(Configuration configuration) {
    return new Check(configuration).report();
  }

  private List<String> report() {
    Map<String, EndpointOptions> endpoints = new TreeMap<>(webhook.getEndpoints());
    EndpointOptions main = webhook.defaultEndpoint();
    endpoints.put(EndpointOptions.DEFAULT_ID, main);
    if (endpoints.values().stream().allMatch(each -> each.getUrl().isEmpty())) {
      warn("no endpoint has a url: every entry is discarded until one is set");
    } else if (endpoints.size() > 1 && main.getUrl().isEmpty()) {
      endpoints.remove(EndpointOptions.DEFAULT_ID);
    }
    endpoints.forEach(this::endpoint);
    store(webhook.getStore());
    if (http.isEnabled()) {
      api();
    } else {
      say("http", "off, entries come over the event bus alone");
    }
    lines.addAll(warnings);
    return lines;
  }

  private void endpoint(String id, EndpointOptions endpoint) {
    String name = "endpoint " + id;
    if (endpoint.getUrl().isEmpty()) {
      say(name, "no url");
      return;
    }
    UrlPolicy.Destination receiver =
        UrlPolicy.vet(endpoint.getUrl(), webhook.isAllowPrivateNetworks());
    boolean signed = !endpoint.getSecrets().isEmpty();
    int batch = endpoint.getBatch().getMaxEvents();
    say(
        name,
        receiver.origin()
            + (", format " + endpoint.getFormat())
            + (signed ? ", signed" : ", not signed")
            + (batch > 1 ? ", up to " + batch + " events a request" : "")
            + (endpoint.getAuth() == null ? "" : ", token by " + endpoint.getAuth().getType())
            + (wantsAll(endpoint) ? "" : ", actions " + String.join(" ", endpoint.getActions())));
    if (!receiver.ssl() && !isLoopback(receiver)) {
      warn(name + ": its url is http, so whoever is on the way can read and change events");
    }
    WebClientOptions client = ClientOptions.read("client", endpoint.getClient());
    if (client.getProxyOptions() != null) {
      warn(name + ": client.proxyOptions: the proxy resolves names, so it guards addresses");
    }
    unreadable(name + ": client", endpoint.getClient()).forEach(this::warn);
    ClientOptions.weaknesses(client)
        .forEach(key -> warn(name + ": client." + key + " weakens TLS"));
  }

  private static boolean isLoopback(UrlPolicy.Destination receiver) {
    return receiver.address() != null && receiver.address().isLoopbackAddress();
  }

  private static boolean wantsAll(EndpointOptions endpoint) {
    return endpoint.getActions().equals(List.of("*"));
  }

  private void store(StoreOptions store) {
    switch (store.getType()) {
      case StoreOptions.FILE -> say("store", "file, in " + store.getPath());
      case StoreOptions.POSTGRES ->
          say(
              "store",
              "postgres, schema "
                  + (store.getSchema() + " of ")
                  + ConnectionUri.of(store.getUri()).shown());
      default -> {
        say("store", store.getType());
        warn("store: what is pending and the dead letters end with the process");
      }
    }
  }

  private void api() {
    HttpServerOptions server = ServerOptions.read("http.server", http.getServer());
    unreadable("http.server", http.getServer())
        .forEach(
            file -> {
              throw new IllegalArgumentException(file);
            });
    say(
        "http",
        ("listens on " + http.getHost() + " port " + http.getPort())
            + (server.isSsl() ? ", TLS" : ", plain HTTP")
            + (server.getClientAuth() == ClientAuth.REQUIRED ? ", clients have certificates" : ""));
    if (server.isSsl()) {
      certificate(server);
    } else {
      plaintext();
    }
    if (server.getClientAuth() == ClientAuth.REQUIRED) {
      warn(
          "http.server.clientAuth: probes of /health that have no certificate are refused;"
              + " REQUEST lets them in");
    }
    tokens();
  }

  private void certificate(HttpServerOptions server) {
    Vertx vertx = Vertx.vertx();
    try {
      ServerCertificate shown = ServerCertificate.read(vertx, server);
      say("http certificate", shown.subject() + ", valid until " + shown.end());
      if (shown.hasEnded()) {
        warn("http.server: its certificate has ended, so clients will refuse it");
      }
    } finally {
      vertx.close();
    }
  }

  /** As the start does, but for names, which would have to be resolved. */
  private void plaintext() {
    String host = http.getHost();
    boolean literal = AddressGuard.isLiteral(host);
    if (!literal && !host.equalsIgnoreCase("localhost")) {
      if (!http.isAllowPlaintext()) {
        warn("http.host is a name: without TLS it must be one of this machine alone");
      }
    } else if (literal && !AddressGuard.isLoopback(host)) {
      if (!http.isAllowPlaintext()) {
        throw ServerOptions.notLoopback(Terminal.plain(host));
      }
      warn("http.allowPlaintext: whoever is on the way can read tokens and entries");
    }
  }

  private void tokens() {
    if (http.getAdminToken() == null) {
      throw new IllegalArgumentException(
          "http.adminToken: null is for a router that a host guards; set a token, or \"\"");
    }
    boolean made = http.getAdminToken().isEmpty();
    say("token admin", made ? "role admin, another one made at each start" : "role admin");
    if (http.getIngestToken() != null) {
      say("token ingest", "role ingest");
    }
    Set<String> names = new HashSet<>();
    for (TokenOptions token : http.getTokens()) {
      Integer quota = token.getQuota();
      String name = "token " + token.getName();
      say(
          name + (names.add(name) ? "" : ", another one"),
          ("role " + token.getRole())
              + (quota == null ? "" : ", at most " + quota + " entries a second"));
    }
  }

  /** The files that Vert.x's options name and that cannot be read, by their keys. */
  private static List<String> unreadable(String path, JsonObject options) {
    return VertxOptions.files(path, options).stream()
        .filter(
            each ->
                !Files.isReadable(Path.of(each.file())) || Files.isDirectory(Path.of(each.file())))
        .map(each -> each.key() + ": " + each.file() + ": no such file, or it cannot be read")
        .toList();
  }

  private void say(String subject, String text) {
    lines.add(Terminal.plain(subject + ": " + text));
  }

  private void warn(String text) {
    warnings.add(Terminal.plain("warning: " + text));
  }
}
