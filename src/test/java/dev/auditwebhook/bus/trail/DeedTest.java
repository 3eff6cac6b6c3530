package dev.auditwebhook.bus.trail;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeedTest {

  private static final Author OPS = new Author("ops", "10.0.0.5");
  private static final JsonObject NOTHING = new JsonObject();

  private final JsonObject before =
      new JsonObject()
          .put("url", "https://a.example/hook/T0KEN?key=S3CRET")
          .put("secrets", new JsonArray(List.of("whsec_one")))
          .put("headers", new JsonObject().put("Authorization", "Bearer one"))
          .put("format", "event")
          .put("maxAttempts", 3)
          .put("paused", true);

  private JsonObject with(String key, Object value) {
    return before.copy().put(key, value);
  }

  private String line(JsonObject after) {
    return new Deed("set", "siem", before, after).line(OPS, NOTHING);
  }

  @Test
  void showsOriginsNumbersAndYesOrNo() {
    JsonObject after =
        with("url", "https://b.example:8443/in?x=y").put("maxAttempts", 5).put("paused", false);
    assertThat(line(after))
        .isEqualTo(
            "Trail: set by ops from 10.0.0.5: endpoint siem, url https://a.example ->"
                + " https://b.example:8443, maxAttempts 3 -> 5, paused true -> false");
    assertThat(new Deed("set", "siem", before, after).details(OPS, NOTHING).encode())
        .isEqualTo(
            "{\"endpoint\":\"siem\",\"principal\":\"ops\",\"peer\":\"10.0.0.5\",\"changed\":"
                + "[\"url\",\"maxAttempts\",\"paused\"],\"from\":\"https://a.example\",\"to\":"
                + "\"https://b.example:8443\"}");
  }

  @Test
  void showsOfAllElseThatItChanged() {
    JsonObject after =
        with("secrets", new JsonArray(List.of("whsec_two")))
            .put("headers", new JsonObject().put("Authorization", "Bearer two"))
            .put("format", "loki");
    assertThat(line(after)).endsWith("siem, secrets changed, headers changed, format changed");
  }

  @Test
  void showsAnotherPathAsAChangeOfTheUrl() {
    assertThat(line(with("url", "https://a.example/other")))
        .endsWith("endpoint siem, url https://a.example -> https://a.example");
  }

  @Test
  void showsWhereThereIsNoUrl() {
    assertThat(line(with("url", ""))).endsWith(", url https://a.example -> none");
    assertThat(new Deed("remove", "siem", before, null).line(OPS, NOTHING))
        .endsWith(": endpoint siem, url https://a.example -> none");
    JsonObject details = new Deed("remove", "siem", before, null).details(OPS, NOTHING);
    assertThat(details.getValue("to")).isNull();
    assertThat(details.containsKey("to")).isTrue();
    assertThat(details.getJsonArray("changed")).isEmpty();
  }

  @Test
  void showsThatNothingChanged() {
    assertThat(line(before.copy())).endsWith(": endpoint siem, nothing is changed by it");
  }

  @Test
  void showsWhatCameOfIt() {
    JsonObject outcome = new JsonObject().put("redriven", 2);
    Deed redrive = Deed.of("redrive", "siem", before);
    assertThat(redrive.line(new Author(null, null), outcome))
        .isEqualTo("Trail: redrive by bus: endpoint siem, redriven 2");
    assertThat(redrive.details(OPS, outcome).getInteger("redriven")).isEqualTo(2);
  }
}
