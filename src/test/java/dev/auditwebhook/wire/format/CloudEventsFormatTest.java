package dev.auditwebhook.wire.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cloudevents.CloudEvent;
import io.cloudevents.SpecVersion;
import io.cloudevents.jackson.JsonCloudEventData;
import io.cloudevents.jackson.JsonFormat;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.time.OffsetDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What we send, read by the SDK of CloudEvents. */
class CloudEventsFormatTest {

  private static final ObjectMapper SDK =
      new ObjectMapper().registerModule(JsonFormat.getCloudEventJacksonModule());

  private static final Format SINGLE = FormatEvents.format("cloudevents", false);
  private static final Format BATCH = FormatEvents.format("cloudevents", true);

  @Test
  void anEventHasItsKeysInTheOrderOfTheContract() {
    assertThat(FormatEvents.text(SINGLE, FormatEvents.event(17)))
        .isEqualTo(
            "{\"specversion\":\"1.0\",\"id\":\"msg_0123456789abcdef0123456789abcdef_17\","
                + "\"source\":\"urn:vertx-audit-webhook\",\"type\":\"node.registered\","
                + "\"time\":\"2026-01-01T00:00:00.123Z\",\"datacontenttype\":\"application/json\","
                + "\"sequence\":\"00000000000000000017\",\"data\":{\"node\":\"n17\"}}");
  }

  @Test
  void withoutDetailsThereAreNoDataAndNoTypeOfThem() {
    CloudEvent read = single(FormatEvents.bare(1));
    assertThat(read.getData()).isNull();
    assertThat(read.getDataContentType()).isNull();
  }

  @Test
  void theSequenceHas20DigitsWhateverTheNumber() {
    assertThat(single(FormatEvents.bare(0)).getExtension("sequence")).isEqualTo("0".repeat(20));
    assertThat(single(FormatEvents.bare(Long.MAX_VALUE)).getExtension("sequence"))
        .isEqualTo("09223372036854775807");
  }

  @Test
  void aBatchIsAnArrayAlsoOfOne() throws IOException {
    assertThat(batch(List.of(FormatEvents.event(1)))).hasSize(1);
  }

  @Test
  void eachEventIsReadAsItWasWritten() throws IOException {
    List<Event> events = FormatEvents.trickyAndReal();
    CloudEvent[] batch = batch(events);
    assertThat(batch).hasSameSizeAs(events);
    for (int i = 0; i < batch.length; i++) {
      Event event = events.get(i);
      assertThat(single(event)).isEqualTo(batch[i]);
      JsonObject json = new JsonObject(FormatEvents.json(event));
      assertThat(batch[i].getSpecVersion()).isEqualTo(SpecVersion.V1);
      assertThat(batch[i].getId()).isEqualTo(FormatEvents.messageId(event.id()));
      assertThat(batch[i].getSource()).isEqualTo(URI.create("urn:vertx-audit-webhook"));
      assertThat(batch[i].getType()).isEqualTo(event.action());
      assertThat(batch[i].getTime()).isEqualTo(OffsetDateTime.parse(json.getString("timestamp")));
      assertThat(batch[i].getExtensionNames()).containsExactly("sequence");
      assertThat(batch[i].getExtension("sequence")).isEqualTo("%020d".formatted(event.id()));
      if (json.containsKey("details")) {
        assertThat(batch[i].getDataContentType()).isEqualTo("application/json");
        assertThat(((JsonCloudEventData) batch[i].getData()).getNode())
            .isEqualTo(SDK.readTree(event.body()).get("details"));
      } else {
        assertThat(batch[i].getData()).isNull();
      }
    }
  }

  @Test
  void numbersKeepTheirDigits() {
    assertThat(
            FormatEvents.text(
                BATCH, FormatEvents.event(1, "a", FormatEvents.TIMESTAMP, "[1.500,1E+400,-0]")))
        .endsWith(",\"data\":[1.500,1E+400,-0]}]");
  }

  @Test
  void theSourceIsAnOption() {
    Format format =
        FormatEvents.format(
            "cloudevents", new JsonObject().put("source", "https://a.example/b?c=d"), false);
    assertThat(
            new JsonFormat()
                .deserialize(FormatEvents.body(format, FormatEvents.event(1)))
                .getSource())
        .isEqualTo(URI.create("https://a.example/b?c=d"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "%", "ht tp://a"})
  void aSourceThatIsNoUriReferenceIsRefused(String source) {
    assertThatThrownBy(
            () -> FormatEvents.format("cloudevents", new JsonObject().put("source", source), false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "webhook.endpoints.siem.formatOptions.source: must be a URI reference");
  }

  private static CloudEvent single(Event event) {
    return new JsonFormat().deserialize(FormatEvents.body(SINGLE, event));
  }

  private static CloudEvent[] batch(List<Event> events) throws IOException {
    return SDK.readValue(BATCH.body(events, FormatEvents::messageId), CloudEvent[].class);
  }
}
