package dev.auditwebhook.wire.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** What holds of all formats. */
class EveryFormatTest {

  /** As long as a message id may be. */
  private static final String MESSAGE_ID = "m".repeat(BodyWriter.MESSAGE_ID_SIZE);

  @Provide
  Arbitrary<Format> formats() {
    return Combinators.combine(Arbitraries.of(FormatCatalog.names()), Arbitraries.of(true, false))
        .as(FormatEvents::format);
  }

  @Provide
  Arbitrary<Format> batches() {
    return Arbitraries.of(FormatCatalog.names()).map(name -> FormatEvents.format(name, true));
  }

  @Provide
  Arbitrary<Event> events() {
    return FormatEvents.any();
  }

  @Provide
  Arbitrary<Event> withoutTimestamps() {
    return FormatEvents.any()
        .map(
            event ->
                new Event(
                    event.id(), "a", FormatEvents.utf8(",\"action\":\"a\"}"), event.acceptedAt()));
  }

  @Property
  void aBodyIsJson(
      @ForAll("formats") Format format,
      @ForAll @Size(min = 1, max = 5) List<@From("events") Event> events)
      throws Exception {
    assertThat(StrictReader.concatenated(format.body(events, FormatEvents::messageId)))
        .isNotEmpty()
        .allMatch(value -> value.isContainerNode());
  }

  @Property
  void anEventWithoutATimestampIsSentToo(
      @ForAll("batches") Format format, @ForAll("withoutTimestamps") Event event) throws Exception {
    assertThat(StrictReader.concatenated(FormatEvents.body(format, event))).isNotEmpty();
    assertThat(added(format, event, event)).isLessThanOrEqualTo(format.sizeOf(event));
  }

  @Property
  void anEventAddsNoMoreToABodyThanItsSize(
      @ForAll("batches") Format format,
      @ForAll("events") Event first,
      @ForAll("events") Event second) {
    assertThat(added(format, first, second)).isLessThanOrEqualTo(format.sizeOf(second));
  }

  @Test
  void aSizeIsNotMuchMoreThanWhatIsAdded() {
    Event event = FormatEvents.event(1_000_000);
    for (String name : FormatCatalog.names()) {
      Format format = FormatEvents.format(name, true);
      assertThat(format.sizeOf(event)).as(name).isLessThan(added(format, event, event) + 100);
    }
  }

  private static int added(Format format, Event first, Event second) {
    return format.body(List.of(first, second), id -> MESSAGE_ID).length
        - format.body(List.of(first), id -> MESSAGE_ID).length;
  }

  @Property
  void aBodyIsTheSameAtEveryAttempt(
      @ForAll("formats") Format format, @ForAll("events") Event event) {
    assertThat(FormatEvents.body(format, event)).isEqualTo(FormatEvents.body(format, event));
  }

  @Property(tries = 5000)
  void anyAnswerIsRead(
      @ForAll("formats") Format format,
      @ForAll("statuses") int status,
      @ForAll("answers") byte[] body,
      @ForAll @IntRange(min = 1, max = 5) int events) {
    assertThat(format.read(status, body, events))
        .doesNotContainNull()
        .satisfiesAnyOf(
            findings -> assertThat(findings).hasSizeLessThanOrEqualTo(1),
            findings -> assertThat(findings).hasSize(events))
        .allSatisfy(
            finding -> {
              assertThat(finding.problem() == null)
                  .isEqualTo(finding.verdict() == Verdict.DELIVERED);
              assertThat(finding.problem() == null ? "" : finding.problem())
                  .matches("[a-zA-Z0-9 ]*");
              assertThat(finding.said() == null ? "" : finding.said())
                  .hasSizeLessThanOrEqualTo(1024);
            });
    if (!format.reads(status)) {
      assertThat(format.read(status, body, events)).isEmpty();
    }
  }

  @Provide
  Arbitrary<Integer> statuses() {
    return Arbitraries.oneOf(
        Arbitraries.of(200, 260, 400, 500), Arbitraries.integers().between(0, 999));
  }

  /** Bytes, and answers that are damaged. */
  @Provide
  Arbitrary<byte[]> answers() {
    Arbitrary<byte[]> bytes = Arbitraries.bytes().array(byte[].class).ofMaxSize(200);
    Arbitrary<String> tokens =
        Arbitraries.of(
                "{",
                "}",
                "[",
                "]",
                ":",
                ",",
                "\"errors\"",
                "\"items\"",
                "\"create\"",
                "\"status\"",
                "\"error\"",
                "\"type\"",
                "\"reason\"",
                "\"code\"",
                "\"text\"",
                "\"invalid-event-number\"",
                "\"partialSuccess\"",
                "\"rejectedLogRecords\"",
                "\"errorMessage\"",
                "false",
                "true",
                "null",
                "0",
                "6",
                "201",
                "409",
                "-1",
                "1e999999999",
                "9".repeat(1100),
                "\"\\ud800\"",
                "\"a\"")
            .list()
            .ofMaxSize(40)
            .map(some -> String.join("", some));
    Arbitrary<byte[]> damaged =
        Combinators.combine(
                Arbitraries.of(
                    "{\"errors\":true,\"items\":[{\"create\":{\"status\":400,\"error\":"
                        + "{\"type\":\"a\",\"reason\":\"b\"}}},{\"create\":{\"status\":201}}]}",
                    "{\"text\":\"Invalid data format\",\"code\":6,\"invalid-event-number\":1}",
                    "{\"partialSuccess\":{\"rejectedLogRecords\":\"1\",\"errorMessage\":\"c\"}}"),
                Arbitraries.longs())
            .as((answer, seed) -> damaged(FormatEvents.utf8(answer), new Random(seed)));
    return Arbitraries.oneOf(bytes, tokens.map(FormatEvents::utf8), damaged);
  }

  private static byte[] damaged(byte[] answer, Random random) {
    for (int damage : Collections.nCopies(random.nextInt(4), 256)) {
      answer[random.nextInt(answer.length)] = (byte) random.nextInt(damage);
    }
    return answer;
  }
}
