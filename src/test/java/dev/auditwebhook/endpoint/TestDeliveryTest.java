package dev.auditwebhook.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.endpoint.attempt.MessageIds;
import dev.auditwebhook.security.UrlPolicy;
import dev.auditwebhook.security.UrlPolicy.Destination;
import dev.auditwebhook.testing.Formats;
import dev.auditwebhook.testing.SettableClock;
import dev.auditwebhook.wire.Answer;
import dev.auditwebhook.wire.format.Format;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TestDeliveryTest {

  private static final Destination DESTINATION = UrlPolicy.vet("http://a.example/in", true);

  private final SettableClock clock = new SettableClock(1_767_225_600_000L);
  private ScriptedSender sender;

  private TestDelivery delivery(Format format) {
    sender = new ScriptedSender(clock, format);
    return new TestDelivery(new MessageIds("msg_test_"), sender, clock);
  }

  private String body() {
    return new String(sender.last().body(), StandardCharsets.UTF_8);
  }

  @Test
  void itIsAnEventWithoutANumberOfNowOnAConnectionOfItsOwn() {
    delivery(Formats.single()).send(DESTINATION);
    assertThat(body())
        .isEqualTo(
            "{\"event_id\":0,\"action\":\"webhook.test\",\"timestamp\":\"2026-01-01T00:00:00Z\"}");
    assertThat(sender.last().destination()).isEqualTo(DESTINATION);
    assertThat(sender.last().apart()).isTrue();
  }

  @Test
  void whereBatchesAreSentItIsAnArrayOfOne() {
    delivery(Formats.batches()).send(DESTINATION);
    assertThat(body()).startsWith("[{\"event_id\":0,").endsWith("}]");
  }

  @Test
  void eachHasAMessageIdThatWasNeverUsed() {
    TestDelivery delivery = delivery(Formats.single());
    delivery.send(DESTINATION);
    String first = sender.last().messageId();
    sender.last().answer(204);
    delivery.send(DESTINATION);
    assertThat(first).startsWith("msg_test_test_").isNotEqualTo(sender.last().messageId());
  }

  @Test
  void itRunsUntilItsAnswerIsThere() {
    TestDelivery delivery = delivery(Formats.single());
    assertThat(delivery.isRunning()).isFalse();
    Future<Answer> answer = delivery.send(DESTINATION);
    assertThat(delivery.isRunning()).isTrue();
    sender.last().answer(503);
    assertThat(delivery.isRunning()).isFalse();
    assertThat(answer.result().status()).isEqualTo(503);
  }
}
