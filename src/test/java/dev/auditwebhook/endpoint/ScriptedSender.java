package dev.auditwebhook.endpoint;

import dev.auditwebhook.security.UrlPolicy.Destination;
import dev.auditwebhook.testing.SettableClock;
import dev.auditwebhook.wire.Answer;
import dev.auditwebhook.wire.Sender;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sends nothing; its answers are a test's. */
final class ScriptedSender implements Sender {

  private static final Pattern ID = Pattern.compile("\"event_id\":(\\d+)");

  /**
   * One attempt.
   *
   * @param at when it began, by the clock that goes by
   */
  record Sent(
      Destination destination,
      int attempt,
      String messageId,
      byte[] body,
      long at,
      boolean apart,
      Promise<Answer> answer) {

    List<Long> eventIds() {
      List<Long> ids = new ArrayList<>();
      Matcher id = ID.matcher(new String(body, StandardCharsets.UTF_8));
      while (id.find()) {
        ids.add(Long.valueOf(id.group(1)));
      }
      return ids;
    }

    void answer(int status) {
      answer.complete(status(status));
    }

    void answer(Answer whole) {
      answer.complete(whole);
    }
  }

  private final SettableClock clock;
  private final List<Sent> sent = new ArrayList<>();
  private Function<Sent, Answer> usually = each -> null;

  ScriptedSender(SettableClock clock) {
    this.clock = clock;
  }

  static Answer status(int status) {
    return status(status, 0);
  }

  /**
   * @param retryAfter in milliseconds
   */
  static Answer status(int status, long retryAfter) {
    return new Answer(status, null, false, retryAfter, "", 1, false);
  }

  /** From now on all attempts are answered so at once; {@code null} leaves one to the test. */
  void usually(Function<Sent, Answer> answer) {
    usually = answer;
  }

  void usually(int status) {
    usually(each -> status(status));
  }

  /** All attempts, in order. */
  List<Sent> sent() {
    return sent;
  }

  Sent sent(int index) {
    return sent.get(index);
  }

  Sent last() {
    return sent.get(sent.size() - 1);
  }

  /** The events of all attempts, in order. */
  List<Long> eventIds() {
    return sent.stream().flatMap(each -> each.eventIds().stream()).toList();
  }

  List<Long> times() {
    return sent.stream().map(Sent::at).toList();
  }

  @Override
  public Future<Answer> send(Destination destination, int attempt, String messageId, byte[] body) {
    return record(destination, attempt, messageId, body, false);
  }

  @Override
  public Future<Answer> sendApart(Destination destination, String messageId, byte[] body) {
    return record(destination, 0, messageId, body, true);
  }

  private Future<Answer> record(
      Destination destination, int attempt, String messageId, byte[] body, boolean apart) {
    Sent each =
        new Sent(destination, attempt, messageId, body, clock.elapsed(), apart, Promise.promise());
    sent.add(each);
    Answer answer = usually.apply(each);
    if (answer != null) {
      each.answer(answer);
    }
    return each.answer().future();
  }
}
