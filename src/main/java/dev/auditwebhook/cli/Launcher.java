package dev.auditwebhook.cli;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.json.StrictJson;
import dev.auditwebhook.security.access.Keyring;
import dev.auditwebhook.security.access.TokenWatch;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The commands of the jar. Whatever keeps one from starting is one line on standard error and an
 * exit status of 1; a command that is not understood has 2.
 */
public final class Launcher {

  /** The configuration of the jar's own logging. */
  static final String LOGGING = "dev/auditwebhook/logging.xml";

  private static final Set<String> WITH_OPERAND = Set.of("serve", "check", "emit");

  /** What a stop takes beyond {@code drainTimeout}: requests in hand get some seconds, too. */
  private static final long STOP_MARGIN = 6_000;

  private final Environment environment;
  private final Service service;

  /** Commands for the service that {@code serve} and {@code demo} start. */
  public Launcher(Environment environment, Service service) {
    this.environment = environment;
    this.service = service;
  }

  /** Runs a command with its operand; it may end the process. */
  public void run(List<String> args) {
    String command = args.isEmpty() ? "" : args.get(0);
    String operand = args.size() == 2 ? args.get(1) : null;
    if (args.size() > 2 || operand != null && !WITH_OPERAND.contains(command)) {
      command = "";
    }
    try {
      configureLogging(command);
      switch (command) {
        case "serve" -> serve(conf(operand));
        case "check" -> check(conf(operand));
        case "demo" -> demo();
        case "emit" -> emit(operand);
        case "help", "-h", "--help" -> System.out.print(Usage.TEXT);
        case "--version" -> System.out.println(Usage.version());
        default -> end(2, Usage.LINE);
      }
    } catch (InvalidPathException e) {
      end(1, "not the name of a file: " + Terminal.plain(operand));
    } catch (IllegalArgumentException e) {
      end(1, e.getMessage());
    }
  }

  private void serve(Path conf) {
    JsonObject config = ConfigFile.read(conf);
    int port = start(config, vertx -> deploy(vertx, conf, config)).port();
    System.out.println(
        port == 0
            ? "Serving on the event bus alone; http.enabled is false"
            : "Listening on " + Service.url(http(config), port));
    // Of tokens no more than digests are to stay in memory.
    config.remove("http");
  }

  private void check(Path conf) {
    Check.of(Configuration.of(ConfigFile.read(conf), environment)).forEach(System.out::println);
    System.out.println(Terminal.plain(conf + ": can be served"));
  }

  private Future<Service.Running> deploy(Vertx vertx, Path conf, JsonObject config) {
    Keyring atStart = Keyring.of(http(config));
    Supplier<HttpOptions> again = () -> http(ConfigFile.read(conf));
    return service
        .deploy(vertx, config)
        .onSuccess(
            running -> {
              // A pipe cannot be read again.
              if (running.port() != 0 && Files.isRegularFile(conf)) {
                new TokenWatch(again, running.tokens(), atStart).start(vertx);
              }
            });
  }

  private void demo() {
    JsonObject config = environment.over(Demo.settings());
    Demo demo = new Demo(Terminal.ofProcess(), service);
    start(config, vertx -> vertx.deployVerticle(demo, new DeploymentOptions().setConfig(config)));
  }

  private void emit(String file) {
    Path conf = conf(null);
    boolean enough =
        Stream.of(Environment.HTTP_HOST, Environment.HTTP_PORT).allMatch(environment::has)
            && (environment.has(Environment.ADMIN_TOKEN)
                || environment.has(Environment.INGEST_TOKEN));
    if (!enough && !conf.toFile().exists()) {
      String unset = "WEBHOOK_HTTP_HOST, WEBHOOK_HTTP_PORT and a token";
      throw new IllegalArgumentException(
          conf + ": no such file, and " + unset + " are not all set");
    }
    JsonObject config = enough ? new JsonObject() : ConfigFile.read(conf);
    if (config.getValue("http") instanceof JsonObject http) {
      // It shows one token, which may be one of these.
      http.remove("tokens");
    }
    HttpOptions http = http(config);
    try {
      System.exit(Emit.to(http, adminTokenFirst()).run(file));
    } catch (IOException e) {
      end(1, "emit: " + Terminal.plain(e.getMessage()));
    } catch (InterruptedException e) {
      end(1, "emit: interrupted");
    }
  }

  /** A variable goes before the file; of two variables, the one that can do less. */
  private boolean adminTokenFirst() {
    return environment.has(Environment.ADMIN_TOKEN) && !environment.has(Environment.INGEST_TOKEN);
  }

  private HttpOptions http(JsonObject config) {
    return new HttpOptions(StrictJson.of("", environment.overHttp(config)).raw("http"));
  }

  private <T> T start(JsonObject config, Function<Vertx, Future<T>> deployment) {
    Vertx vertx = Vertx.vertx();
    OutOfMemory.endsTheProcess(vertx);
    T deployed = null;
    try {
      deployed = deployment.apply(vertx).await();
    } catch (Exception e) {
      end(1, Terminal.firstLine(e));
    }
    JsonObject webhook = environment.over(config).getJsonObject("webhook", new JsonObject());
    long limit = new WebhookOptions(webhook).getDrainTimeout() + STOP_MARGIN;
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(vertx, limit), "stop"));
    return deployed;
  }

  /** To close undeploys first, and to undeploy drains. */
  private static void stop(Vertx vertx, long limit) {
    System.out.println("Stopping: what is on its way may still arrive ...");
    try {
      vertx.close().await(limit, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      System.err.println("Stopped after " + limit + " ms with events still on their way");
    }
  }

  private static Path conf(String operand) {
    String byDefault = System.getProperty("webhook.conf", "conf/webhook.json");
    return Path.of(operand == null ? byDefault : operand);
  }

  /** The library leaves logging to its host; here the process is ours. */
  private void configureLogging(String command) {
    Properties properties = System.getProperties();
    properties.putIfAbsent("webhook.log.format", environment.logFormat());
    properties.putIfAbsent("logback.configurationFile", LOGGING);
    properties.putIfAbsent("webhook.log.level", command.equals("serve") ? "INFO" : "WARN");
    // The demo shows every outcome itself; a warning of the delivery would only repeat it.
    properties.putIfAbsent("webhook.log.delivery.level", command.equals("demo") ? "ERROR" : "INFO");
  }

  private static void end(int status, String line) {
    System.err.println(line);
    System.exit(status);
  }
}
