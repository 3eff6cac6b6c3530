package dev.auditwebhook.cli;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.json.StrictJson;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Asks a running service whether it lives, for a container that has nothing else to ask with:
 * {@code java -cp JAR dev.auditwebhook.cli.Probe CONF}. The exit status is 0 when it does, and 1
 * with one line on standard error when it does not. One that refuses it for want of a client
 * certificate lives.
 */
public final class Probe {

  private static final Duration TIMEOUT = Duration.ofSeconds(8);

  private static final List<String> WHERE = List.of("enabled", "host", "port", "server");

  private Probe() {}

  /** Takes the name of the configuration file that the service was started with. */
  public static void main(String[] args) {
    System.getProperties().putIfAbsent("logback.configurationFile", Launcher.LOGGING);
    System.getProperties().putIfAbsent("webhook.log.level", "WARN");
    String problem;
    try {
      if (args.length != 1) {
        throw new IllegalArgumentException("usage: Probe CONF");
      }
      problem = problem(ConfigFile.read(Path.of(args[0])), Environment.ofProcess());
    } catch (IllegalArgumentException e) {
      problem = Terminal.firstLine(e);
    }
    if (problem != null) {
      System.err.println(problem);
      System.exit(1);
    }
  }

  /** Why the service does not live, in one line; {@code null} when it does. */
  static String problem(JsonObject config, Environment environment) {
    HttpOptions http = whereItListens(config, environment);
    if (!http.isEnabled() || http.getPort() == 0) {
      return "http.port: names no service, or http.enabled is false";
    }
    String url = Service.url(http, http.getPort()) + "/health/live";
    HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(TIMEOUT).build();
    HttpClient.Builder client =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT);
    ServiceCertificate certificate = ServiceCertificate.any();
    if (url.startsWith(Service.TLS)) {
      client.sslContext(certificate.context());
    }
    try {
      int status =
          client.build().send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      return status == 200 ? null : url + ": " + status;
    } catch (HttpTimeoutException e) {
      return url + ": " + Terminal.firstLine(e);
    } catch (IOException e) {
      // A service that wants certificates of its clients ends the handshake of one without.
      boolean refused = wantsCertificates(http) && certificate.wasShown();
      return refused ? null : url + ": " + Terminal.firstLine(e);
    } catch (InterruptedException e) {
      return url + ": interrupted";
    }
  }

  /**
   * Nothing else of the configuration is looked at: a service goes on with what it has when a token
   * in its file is wrong, or a file of one is gone.
   */
  private static HttpOptions whereItListens(JsonObject config, Environment environment) {
    JsonObject all = StrictJson.of("", config).raw("http");
    JsonObject http = new JsonObject();
    for (String key : WHERE) {
      if (all.containsKey(key)) {
        http.put(key, all.getValue(key));
      }
    }
    JsonObject over = environment.overAddress(new JsonObject().put("http", http));
    return new HttpOptions(over.getJsonObject("http"));
  }

  private static boolean wantsCertificates(HttpOptions http) {
    return ClientAuth.REQUIRED.name().equals(http.getServer().getString("clientAuth"));
  }
}
