package dev.auditwebhook.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.testing.Tool;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code conf/alerts.yml} and {@code conf/grafana-dashboard.json}, over several nodes. */
class MonitoringTest {

  private static final Path ALERTS = Path.of("conf/alerts.yml");
  private static final Path DASHBOARD = Path.of("conf/grafana-dashboard.json");

  @TempDir Path directory;

  private static Stream<JsonObject> objects(JsonObject json, String key) {
    return json.getJsonArray(key, new JsonArray()).stream().map(JsonObject.class::cast);
  }

  private static List<String> queries(String panel) throws Exception {
    return objects(new JsonObject(Files.readString(DASHBOARD)), "panels")
        .filter(each -> each.getString("title").matches(panel))
        .flatMap(each -> objects(each, "targets"))
        .map(target -> target.getString("expr"))
        .toList();
  }

  /** As Grafana asks when all addresses are chosen. */
  private static String asked(String query) {
    return query.replace("$address", ".*").replace("$endpoint", ".*").replaceAll("\\$__\\w+", "5m");
  }

  @Test
  void everyQueryOfTheDashboardIsOfTheAddressThatWasChosen() throws Exception {
    assertThat(queries(".*")).isNotEmpty().allMatch(each -> each.contains("address=~\"$address\""));
  }

  @Test
  void noAlertTakesTheEndpointsOfANodeForAllThatThereAre() throws Exception {
    assertThat(Files.readString(ALERTS)).contains("on (job, address)");
    assertThat(Files.readString(ALERTS)).doesNotContain("on (instance", "(webhook_enabled) == 1");
  }

  @Test
  void alertsFireForWhatIsWrongOnAnyOfSeveralNodes() throws Exception {
    Files.copy(ALERTS, directory.resolve("alerts.yml"));
    Path test = directory.resolve("alerts-test.yml");
    try (InputStream samples = MonitoringTest.class.getResourceAsStream("alerts-test.yml")) {
      Files.copy(samples, test);
    }
    assertThat(Tool.run(directory, "promtool", "test", "rules", test.toString()))
        .contains("SUCCESS");
  }

  @Test
  void prometheusUnderstandsEveryQueryOfTheDashboard() throws Exception {
    JsonArray rules = new JsonArray();
    for (String query : queries(".*")) {
      rules.add(new JsonObject().put("record", "a" + rules.size()).put("expr", asked(query)));
    }
    JsonObject group = new JsonObject().put("name", "dashboard").put("rules", rules);
    Path file = directory.resolve("rules.yml");
    Files.writeString(file, new JsonObject().put("groups", JsonArray.of(group)).encode());

    assertThat(Tool.run(directory, "promtool", "check", "rules", file.toString()))
        .contains(rules.size() + " rules found");
  }

  @Test
  void whatAllNodesCountTogetherIsShownOnce() throws Exception {
    String rejected =
        queries("Events").stream().filter(each -> each.contains("_rejected_")).findAny().get();
    JsonArray shared =
        samples(
            "webhook_rejected_total{job='j',instance='a',address='webhook'}", "0+60x20",
            "webhook_rejected_total{job='j',instance='b',address='webhook'}", "0+60x20");
    JsonArray both =
        shared
            .copy()
            .addAll(samples("webhook_nodes{job='j',instance='a',address='webhook'}", "2x20"));

    assertShown(both, rejected, "{address='webhook'}", 1);
    assertShown(shared, rejected, "{address='webhook'}", 2);
  }

  @Test
  void theFirstChangeOfAPrincipalIsSeen() throws Exception {
    String labels = "address='webhook',what='set',principal='ops'";
    assertShown(
        samples("webhook_changes_total{job='j',instance='a'," + labels + "}", "_x9 1x10"),
        queries("Changes since .*").get(0),
        "{" + labels + "}",
        1);
  }

  @Test
  void processesAreThoseThatHaveTheWebhook() throws Exception {
    assertShown(
        samples(
            "process_cpu_usage{job='j',instance='a'}", "0.5x20",
            "process_cpu_usage{job='other',instance='b'}", "0.9x20",
            "webhook_build_info{job='j',instance='a',address='webhook'}", "1x20"),
        queries("Processor").get(0),
        "process_cpu_usage{job='j',instance='a'}",
        0.5);
  }

  /** Series and their values, in turns, as promtool writes them. */
  private static JsonArray samples(String... seriesAndValues) {
    JsonArray samples = new JsonArray();
    for (int i = 0; i < seriesAndValues.length; i += 2) {
      samples.add(
          new JsonObject().put("series", seriesAndValues[i]).put("values", seriesAndValues[i + 1]));
    }
    return samples;
  }

  /** Of samples each minute, a query shows this one after a quarter of an hour, and no other. */
  private void assertShown(JsonArray samples, String query, String labels, double value)
      throws Exception {
    JsonObject shown = new JsonObject().put("labels", labels).put("value", value);
    JsonObject asked =
        new JsonObject()
            .put("expr", asked(query))
            .put("eval_time", "15m")
            .put("exp_samples", JsonArray.of(shown));
    JsonObject test =
        new JsonObject()
            .put("interval", "1m")
            .put("input_series", samples)
            .put("promql_expr_test", JsonArray.of(asked));
    Path file = directory.resolve("query-test.yml");
    Files.writeString(file, new JsonObject().put("tests", JsonArray.of(test)).encode());

    assertThat(Tool.run(directory, "promtool", "test", "rules", file.toString()))
        .contains("SUCCESS");
  }
}
