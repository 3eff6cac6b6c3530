package dev.auditwebhook.cli;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.json.StrictJson;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The commands of the jar. Whatever keeps one from starting is one line on standard error and an
 * exit status of 1; a command that is not understood has 2.
 */
public final class Launcher {

  private static final String USAGE = "usage: serve [CONF] | demo | emit [FILE]";

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
    if (args.size() > 2 || command.equals("demo") && operand != null) {
      command = "";
    }
    configureLogging(command);
    try {
      switch (command) {
        case "serve" -> serve(operand == null ? defaultConf() : Path.of(operand));
        case "demo" -> demo();
        case "emit" -> emit(operand);
        default -> end(2, USAGE);
      }
    } catch (InvalidPathException e) {
      end(1, "not the name of a file: " + Terminal.plain(operand));
    } catch (IllegalArgumentException e) {
      end(1, e.getMessage());
    }
  }

  private void serve(Path conf) {
    JsonObject config = ConfigFile.read(conf);
    int port = start(config, vertx -> service.deploy(vertx, config));
    System.out.println(
        port == 0
            ? "Serving on the event bus alone; http.enabled is false"
            : "Listening on " + Service.url(http(config), port));
  }

  private void demo() {
    JsonObject config = environment.over(Demo.settings());
    Demo demo = new Demo(Terminal.ofProcess(), service);
    start(config, vertx -> vertx.deployVerticle(demo, new DeploymentOptions().setConfig(config)));
  }

  private void emit(String file) {
    Path conf = defaultConf();
    boolean enough =
        Stream.of(Environment.HTTP_HOST, Environment.HTTP_PORT, Environment.ADMIN_TOKEN)
            .allMatch(environment::has);
    if (!enough && !conf.toFile().exists()) {
      String unset = "WEBHOOK_HTTP_HOST, WEBHOOK_HTTP_PORT and WEBHOOK_ADMIN_TOKEN";
      throw new IllegalArgumentException(
          conf + ": no such file, and " + unset + " are not all set");
    }
    HttpOptions http = http(enough ? new JsonObject() : ConfigFile.read(conf));
    try {
      System.exit(Emit.to(http, environment.has(Environment.ADMIN_TOKEN)).run(file));
    } catch (IOException e) {
      end(1, "emit: " + Terminal.plain(e.getMessage()));
    } catch (InterruptedException e) {
      end(1, "emit: interrupted");
    }
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

  private static Path defaultConf() {
    return Path.of(System.getProperty("webhook.conf", "conf/webhook.json"));
  }

  /** The library leaves logging to its host; here the process is ours. */
  private static void configureLogging(String command) {
    Properties properties = System.getProperties();
    properties.putIfAbsent("logback.configurationFile", "dev/auditwebhook/logging.xml");
    properties.putIfAbsent("webhook.log.level", command.equals("serve") ? "INFO" : "WARN");
    // The demo shows every outcome itself; a warning of the delivery would only repeat it.
    properties.putIfAbsent("webhook.log.delivery.level", command.equals("demo") ? "ERROR" : "INFO");
  }

  private static void end(int status, String line) {
    System.err.println(line);
    System.exit(status);
  }
}
