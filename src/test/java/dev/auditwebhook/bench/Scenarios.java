package dev.auditwebhook.bench;

import dev.auditwebhook.WebhookOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What is measured, by name. */
final class Scenarios {

  static final List<String> NAMES =
      List.of(
          "unsigned",
          "signed",
          "file",
          "batch",
          "http2",
          "pipelining",
          "slow-64",
          "slow-1024",
          "core",
          "latency",
          "publish",
          "heap",
          "parked",
          "backoff",
          "in-flight",
          "endpoints",
          "heap-endpoints",
          "one-down",
          "many-endpoints",
          "postgres",
          "postgres-across",
          "postgres-parked");

  private static final int IN_FLIGHT = 64;
  private static final int BATCH = 100;
  private static final JsonObject HTTP_2 =
      new JsonObject().put("protocolVersion", "HTTP_2").put("http2ClearTextUpgrade", false);
  private static final JsonObject PIPELINING =
      new JsonObject().put("pipelining", true).put("pipeliningLimit", 16);

  private final Plan plan;
  private final ReceiverProcess receiver;
  private final Report report;
  private final Map<String, Runnable> byName = new LinkedHashMap<>();

  Scenarios(Plan plan, ReceiverProcess receiver, Report report) {
    this.plan = plan;
    this.receiver = receiver;
    this.report = report;
    Growth growth = new Growth(plan, receiver, report);
    byName.put("unsigned", this::unsigned);
    byName.put("signed", this::signed);
    byName.put("file", this::file);
    byName.put("batch", this::batch);
    byName.put("http2", this::http2);
    byName.put("pipelining", this::pipelining);
    byName.put("slow-64", this::slow64);
    byName.put("slow-1024", this::slow1024);
    byName.put("core", this::core);
    byName.put("latency", this::latency);
    byName.put("publish", this::publish);
    byName.put("heap", growth::heap);
    byName.put("parked", growth::parked);
    byName.put("backoff", growth::backoff);
    byName.put("in-flight", growth::inFlight);
    Crowd crowd = new Crowd(plan, receiver, report);
    byName.put("endpoints", crowd::rate);
    byName.put("heap-endpoints", crowd::heap);
    byName.put("one-down", crowd::oneDown);
    byName.put("many-endpoints", crowd::many);
    SharedStore shared = new SharedStore(plan, receiver, report);
    byName.put("postgres", shared::rate);
    byName.put("postgres-across", shared::across);
    byName.put("postgres-parked", shared::parked);
  }

  /** Measures; what cannot be measured is a line that says why, and does not end the run. */
  void run(String name) {
    try {
      byName.get(name).run();
    } catch (RuntimeException e) {
      report.add(Row.missing(name, Report.VOID + e.getMessage()));
    }
  }

  /** Options of the signed case. */
  static JsonObject options(String url) {
    return new JsonObject()
        .put("url", url)
        .put("secrets", new JsonArray().add("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="))
        .put("maxInFlight", IN_FLIGHT)
        .put("queueCapacity", 16_384);
  }

  ModuleLoad signedModule() {
    return new ModuleLoad(options(receiver.fast()), plan.waiting());
  }

  private BareWebClient bare() {
    return new BareWebClient(receiver.fast(), IN_FLIGHT, new JsonObject());
  }

  /** Lets the compiler see both sides before the first row. */
  void warmUp() {
    try (Load module = signedModule();
        Load bare = bare()) {
      Sample.warmUp(bare, plan.firstWarmUp());
      Sample.warmUp(module, plan.firstWarmUp());
    }
  }

  private void unsigned() {
    JsonObject options = options(receiver.fast()).put("secrets", new JsonArray());
    report.add(
        Comparison.of(plan, () -> new ModuleLoad(options, plan.waiting()), this::bare)
            .rate("single events, unsigned, memory"));
  }

  private void signed() {
    Comparison signed = Comparison.of(plan, this::signedModule, this::bare);
    report.add(signed.rate("single events, signed, memory").goal(0.9, 0.75));
    report.add(signed.row("  CPU an event", "ns", Sample::cpuNanos));
    report.add(signed.row("  allocated an event", "B", Sample::bytes));
  }

  private void file() {
    Path directory = temporary();
    try {
      JsonObject store = new JsonObject().put("type", "file").put("path", directory.toString());
      JsonObject options = options(receiver.fast()).put("store", store);
      String name = "single events, signed, file store";
      if (isThere(name, options)) {
        Comparison file =
            Comparison.of(
                plan,
                plan.firstWarmUp(),
                () -> new ModuleLoad(options, plan.waiting()),
                this::bare);
        report.add(file.rate(name).goal(0.75, 0.55));
        Comparison stores =
            Comparison.of(
                plan,
                plan.firstWarmUp(),
                () -> new ModuleLoad(options, plan.waiting()),
                this::signedModule);
        report.add(stores.rate("  the same, against the memory store").goal(0.95, 0.85));
        report.add(stores.row("  CPU an event", "ns", Sample::cpuNanos));
        report.add(stores.row("  allocated an event", "B", Sample::bytes));
      }
    } finally {
      delete(directory);
    }
  }

  private void batch() {
    JsonObject options =
        options(receiver.fast())
            .put("batch", new JsonObject().put("maxEvents", BATCH))
            .put("queueCapacity", 65_536);
    String name = "batches of " + BATCH + ", signed, memory";
    if (isThere(name, options)) {
      Comparison batch =
          Comparison.of(plan, () -> new ModuleLoad(options, 8 * plan.waiting()), this::bare);
      report.add(batch.rate(name).goal(8, 5));
    }
  }

  private void http2() {
    JsonObject options = options(receiver.http2()).put("client", HTTP_2);
    report.add(
        Comparison.of(
                plan,
                () -> new ModuleLoad(options, plan.waiting()),
                () -> new BareWebClient(receiver.http2(), IN_FLIGHT, HTTP_2))
            .rate("single events, signed, HTTP/2"));
  }

  private void pipelining() {
    JsonObject options = options(receiver.fast()).put("client", PIPELINING);
    report.add(
        Comparison.of(plan, () -> new ModuleLoad(options, plan.waiting()), this::bare)
            .rate("single events, signed, pipelining; bare without"));
  }

  private void slow64() {
    Comparison slow = slow(64);
    double ideal = 64 * 1_000.0 / Receiver.DELAY_MILLIS;
    report.add(
        slow.ofIdeal("receiver of 20 ms, 64 in flight; of 64 / 20 ms", ideal).goal(0.98, 0.95));
    report.add(slow.rate("  the same, to the bare client"));
  }

  private void slow1024() {
    report.add(slow(1_024).rate("receiver of 20 ms, 1 024 in flight").goal(0.9, 0.8));
  }

  private Comparison slow(int inFlight) {
    JsonObject options = options(receiver.slow()).put("maxInFlight", inFlight);
    return Comparison.of(
        plan,
        () -> new ModuleLoad(options, plan.waiting()),
        () -> new BareWebClient(receiver.slow(), inFlight, new JsonObject()));
  }

  private void core() {
    report.add(
        Comparison.of(plan, () -> new BareHttpClient(receiver.fast(), IN_FLIGHT), this::bare)
            .rate("(no module) core HttpClient to WebClient"));
  }

  private void latency() {
    try (ModuleLoad module = signedModule();
        BareWebClient bare = bare()) {
      Sample.warmUp(bare, plan.warmUp());
      Sample.warmUp(module, plan.warmUp());
      double half = Sample.of(module, plan.round()).perSecond() / 2;
      Latencies latencies = Latencies.of(plan, module, bare, half);
      report.add(latencies.row("accept to delivered at half load, p50", 50));
      report.add(latencies.row("accept to delivered at half load, p99", 99));
    }
  }

  private void publish() {
    try (ModuleLoad module = signedModule()) {
      Sample.warmUp(module, plan.warmUp());
      double plain = PublishCost.onPlainThread(module, plan.bursts());
      double loop = PublishCost.onEventLoop(module, plan.bursts());
      report.add(
          Row.figure("publish, caller on a plain thread", plain, "ns").goalAtMost(2_000, 5_000));
      report.add(
          Row.figure("publish, caller on an event loop", loop, "ns").goalAtMost(2_000, 5_000));
    }
  }

  private boolean isThere(String name, JsonObject options) {
    try {
      new WebhookOptions(options);
      return true;
    } catch (IllegalArgumentException e) {
      report.add(Row.missing(name, "not there yet (" + e.getMessage() + ")"));
      return false;
    }
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("webhook-bench");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
