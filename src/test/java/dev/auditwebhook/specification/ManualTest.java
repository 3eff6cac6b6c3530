package dev.auditwebhook.specification;

import static dev.auditwebhook.testing.Effect.status;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.endpoint.settings.Actions;
import dev.auditwebhook.json.ExactJson;
import dev.auditwebhook.json.StrictJson;
import dev.auditwebhook.testing.OneStore;
import dev.auditwebhook.testing.Readme;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.ScriptedReceiver.Received;
import dev.auditwebhook.testing.TokenEndpoint;
import dev.auditwebhook.testing.WebhookExtension;
import dev.auditwebhook.wire.format.FormatCatalog;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the README says in tables and in JSON, held against what is so. */
@OneStore("it reads the README")
@Timeout(60)
class ManualTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  private static final String BUS = "Event-bus addresses";
  private static final String RECEIVERS = "https://[a-z-]+\\.example";
  private static final Pattern OPTION = Pattern.compile("`(\\w+)`(?: \\(`([^`]+)`\\))?");

  /** The options of an object by their paths; of what is empty or a list, the whole. */
  private static Map<String, Object> options(String path, JsonObject json) {
    Map<String, Object> all = new LinkedHashMap<>();
    for (Map.Entry<String, Object> each : json) {
      if (each.getValue() instanceof JsonObject nested && !nested.isEmpty()) {
        all.putAll(options(path + each.getKey() + ".", nested));
      } else {
        all.put(path + each.getKey(), each.getValue());
      }
    }
    return all;
  }

  /** The rows of a table of keys, each with the default that it tells. */
  private static Map<String, String> documented(String section) {
    Map<String, String> rows = new LinkedHashMap<>();
    for (List<String> row : Readme.rows(Readme.section("Configuration", section))) {
      if (row.get(0).startsWith("`")) {
        rows.put(Readme.quoted(row.get(0)).get(0), row.get(1));
      }
    }
    return rows;
  }

  private static void assertDocumented(Map<String, String> rows, Map<String, Object> options) {
    assertThat(rows.keySet()).containsExactlyInAnyOrderElementsOf(options.keySet());
    options.forEach(
        (key, value) -> {
          String text = rows.get(key);
          if (!text.equals("none")) {
            assertThat(Json.decodeValue(text.replace("`", "")))
                .as(key)
                .isEqualTo(Json.decodeValue(Json.encode(value)));
          }
        });
  }

  @Test
  void everyOptionHasItsRowWithItsDefault() {
    Map<String, Object> endpoint = options("", new EndpointOptions().toJson());
    Map<String, Object> webhookAlone =
        options(
            "",
            new WebhookOptions()
                .setStore(new StoreOptions().setType(StoreOptions.FILE))
                .toJson()
                .put("endpoints", null));
    webhookAlone.keySet().removeAll(endpoint.keySet());
    webhookAlone.put("endpoints", new JsonObject());
    webhookAlone.put("store.type", StoreOptions.DEFAULT_TYPE);

    assertDocumented(documented("Keys of an endpoint"), endpoint);
    assertDocumented(documented("`webhook`"), webhookAlone);
    assertDocumented(documented("`http`"), options("", new HttpOptions().toJson()));
  }

  @Test
  void everyFormatHasItsRowWithItsOptions() {
    List<List<String>> rows =
        Readme.rows(Readme.section("On the wire", "Formats")).stream()
            .filter(row -> row.size() == 4)
            .skip(1)
            .toList();

    assertThat(rows)
        .extracting(row -> Readme.quoted(row.get(0)).get(0))
        .isEqualTo(FormatCatalog.names());
    for (List<String> row : rows) {
      String name = Readme.quoted(row.get(0)).get(0);
      JsonObject options = new JsonObject();
      Matcher option = OPTION.matcher(row.get(3));
      while (option.find()) {
        String given = option.group(2);
        boolean isJson = given != null && given.matches("[{\"].*");
        options.put(option.group(1), isJson ? Json.decodeValue(given) : "text");
      }
      assertThat(FormatCatalog.of(name, read(options), true).contentType())
          .isEqualTo(Readme.quoted(row.get(2)).get(Readme.quoted(row.get(2)).size() - 1));
      assertThatThrownBy(() -> FormatCatalog.of(name, read(options.copy().put("x", "")), true))
          .hasMessage("formatOptions.x: unknown key");
    }
  }

  private static StrictJson read(JsonObject options) {
    return StrictJson.of("formatOptions", options);
  }

  @Test
  void filtersLetInWhatTheirTableSays() {
    int told = 0;
    for (List<String> row : Readme.rows(Readme.section("Endpoints", "Filters"))) {
      if (row.get(0).startsWith("`[")) {
        JsonArray patterns = new JsonArray(Readme.quoted(row.get(0)).get(0));
        Actions actions = new Actions(patterns.stream().map(String::valueOf).toList());
        for (MatchResult action :
            Pattern.compile("(not )?`([^`]+)`").matcher(row.get(1)).results().toList()) {
          assertThat(actions.match(action.group(2)))
              .as("%s: %s", patterns, action.group(2))
              .isEqualTo(action.group(1) == null);
          told++;
        }
      }
    }
    assertThat(told).isGreaterThan(6);
  }

  /** A block of JSON in a chapter, for a receiver on loopback. */
  private JsonObject block(String section, int number) {
    return object(Readme.blocks(section, "json").get(number));
  }

  private JsonObject object(String block) {
    String local = block.replaceAll(RECEIVERS, "http://127.0.0.1:" + receiver.port());
    return (JsonObject) ExactJson.parse(Buffer.buffer(local));
  }

  @Test
  void theConfigurationOfManyEndpointsServesThem() {
    JsonObject file = block(Readme.chapter("Endpoints"), 0);
    file.getJsonObject("webhook")
        .getJsonObject("endpoints")
        .getJsonObject("archive")
        .getJsonObject("batch")
        .put("maxDelay", 1);
    webhook.deploy(new WebhookOptions(file.getJsonObject("webhook")));

    webhook.publish("user.login", null);
    webhook.publish("user.seen", null);

    await().until(() -> receiver.requests().size() >= 4);
    assertThat(sent("/hook")).containsExactly("user.login");
    assertThat(sent("/in")).contains("user.login", "user.seen");
  }

  private List<String> sent(String path) {
    List<String> actions = new ArrayList<>();
    receiver.requests().stream()
        .filter(request -> request.path().equals(path))
        .flatMap(request -> request.body().toString().lines())
        .forEach(line -> actions.add(new JsonObject(line).getString("action")));
    return actions;
  }

  @Test
  void aTokenByOAuth2IsGotAsItIsConfigured() {
    String section = Readme.section("Configuration", "A token by OAuth2");
    JsonObject config = object("{" + Readme.blocks(section, "json").get(0) + "}");
    JsonObject auth = config.getJsonObject("auth");
    receiver.usually(
        request ->
            request.path().equals("/oauth2/token")
                ? TokenEndpoint.json(200, "{\"access_token\":\"t1\",\"token_type\":\"Bearer\"}")
                : status(204));
    webhook.deploy(
        new WebhookOptions()
            .putEndpoint("siem", new EndpointOptions(config.put("url", receiver.url()))));
    webhook.publish("user.login", null);

    Received asked = receiver.takeRequest();
    assertThat(asked.headers().get("authorization")).startsWith("Basic ");
    assertThat(asked.body().toString()).contains("scope=" + auth.getString("scope"));
    assertThat(receiver.takeRequest().headers().get("authorization")).isEqualTo("Bearer t1");
    assertThat(
            Readme.rows(section).stream()
                .flatMap(row -> Readme.quoted(row.get(0)).stream())
                .filter(key -> key.startsWith("auth.")))
        .containsExactlyInAnyOrderElementsOf(options("auth.", auth).keySet());
  }

  @Test
  void requestsAboutEndpointsAreAnsweredAsItSays() {
    webhook.deploy();
    for (String address : List.of("webhook.endpoint.put", "webhook.endpoint.remove")) {
      String section = Readme.section(BUS, "`" + address + "`");
      if (address.endsWith("remove")) {
        result(webhook.client().endpoint("siem").pause());
        for (int i = 0; i < 3; i++) {
          webhook.publish("user.login", null);
        }
        webhook.awaitSettled(3);
      }
      assertThat(webhook.request(address, block(section, 0)).encode())
          .isEqualTo(block(section, 1).encode());
    }
  }

  @Test
  void repliesHaveTheKeysThatItShows() {
    webhook.deploy();
    JsonObject siem = block(Readme.section(BUS, "`webhook.endpoint.put`"), 0);
    webhook.request("webhook.endpoint.put", siem);
    JsonObject named = new JsonObject().put("endpoint", "siem");

    assertSameKeys("`webhook.get`", 0, webhook.request("webhook.get", named));
    assertSameKeys("`webhook.set`", 1, webhook.request("webhook.set", setting()));
    JsonObject list = webhook.request("webhook.endpoints", new JsonObject());
    assertSameKeys("`webhook.endpoints`", 0, list);
    JsonObject shown = block(Readme.section(BUS, "`webhook.endpoints`"), 0);
    assertThat(list.getInteger("count")).isEqualTo(shown.getInteger("count"));
    for (int i = 0; i < 2; i++) {
      JsonObject real = list.getJsonArray("endpoints").getJsonObject(i);
      shown
          .getJsonArray("endpoints")
          .getJsonObject(i)
          .forEach(each -> assertThat(real.getValue(each.getKey())).isEqualTo(each.getValue()));
    }
    assertSameKeys("`webhook.nodes`", 0, webhook.request("webhook.nodes", new JsonObject()));
    receiver.usually(status(400));
    List<JsonObject> attempts = webhook.attempts();
    webhook.publish("user.login", null);
    await().until(() -> !attempts.isEmpty());
    assertSameKeys("`webhook.attempts`", 0, attempts.get(0));
    webhook.awaitSettled(1);
    assertSameKeys("`webhook.dlq`", 0, webhook.request("webhook.dlq", new JsonObject()));
  }

  private JsonObject setting() {
    return block(Readme.section(BUS, "`webhook.set`"), 0)
        .put("secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  }

  private void assertSameKeys(String section, int number, JsonObject real) {
    assertThat(List.copyOf(block(Readme.section(BUS, section), number).fieldNames()))
        .as(section)
        .isEqualTo(List.copyOf(real.fieldNames()));
  }

  @Test
  void healthIsToldInItsWords() {
    String section = Readme.section(BUS, "`webhook.ready`, `webhook.health`");
    List<String> words =
        Readme.rows(section).stream()
            .filter(row -> row.get(0).startsWith("`"))
            .map(row -> Readme.quoted(row.get(0)).get(0))
            .toList();
    assertThat(words)
        .containsExactly(
            "store_fault",
            "store_set_aside",
            "nearly_full",
            "disabled",
            "paused",
            "circuit_open",
            "no_node");
    for (String example : Readme.blocks(section, "json").get(0).lines().toList()) {
      for (Object reason : new JsonObject(example).getJsonArray("reasons")) {
        assertThat(words).contains(reason.toString().split(" ")[0]);
      }
    }
  }

  @Test
  void everyLinkLeadsToAHeading() {
    List<String> headings =
        Readme.text()
            .lines()
            .filter(line -> line.matches("#{1,4} .*"))
            .map(line -> line.replaceFirst("#+ ", "").toLowerCase())
            .map(line -> line.replaceAll("[^\\w\\- ]", "").replace(' ', '-'))
            .toList();
    assertThat(
            Pattern.compile("\\]\\(#([^)]+)\\)")
                .matcher(Readme.text())
                .results()
                .map(link -> link.group(1)))
        .isSubsetOf(headings);
  }
}
