package dev.auditwebhook.testing;

import dev.auditwebhook.wire.Answer;
import dev.auditwebhook.wire.format.Event;
import dev.auditwebhook.wire.format.Finding;
import dev.auditwebhook.wire.format.Format;
import dev.auditwebhook.wire.format.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;

/**
 * A format whose answers say in words what is meant: the verdict on all events, or one on each. An
 * answer without a body has the usual meaning of its status.
 */
public final class SpokenFormat implements Format {

  private final Format bodies = Formats.batches();

  /** A 200 that says so of all events, or of each. */
  public static Answer answer(Verdict... verdicts) {
    return answer(0, verdicts);
  }

  /**
   * @param retryAfter in milliseconds
   */
  public static Answer answer(long retryAfter, Verdict... verdicts) {
    String words = String.join(",", Arrays.stream(verdicts).map(Enum::name).toList());
    byte[] body = words.getBytes(StandardCharsets.UTF_8);
    return new Answer(200, null, false, retryAfter, words, 1, false, body, List.of());
  }

  /** What is found of an event in such an answer. */
  public static Finding finding(Verdict verdict) {
    return verdict == Verdict.DELIVERED
        ? Finding.DELIVERED
        : new Finding(verdict, verdict + " in a 200", "it is " + verdict);
  }

  @Override
  public String contentType() {
    return bodies.contentType();
  }

  @Override
  public byte[] body(List<Event> events, LongFunction<String> messageIds) {
    return bodies.body(events, messageIds);
  }

  @Override
  public int sizeOf(Event event) {
    return bodies.sizeOf(event);
  }

  @Override
  public boolean reads(int status) {
    return true;
  }

  @Override
  public List<Finding> read(int status, byte[] body, int events) {
    return body.length == 0
        ? List.of()
        : Arrays.stream(new String(body, StandardCharsets.UTF_8).split(","))
            .map(word -> finding(Verdict.valueOf(word)))
            .toList();
  }
}
