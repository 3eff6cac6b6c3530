package dev.auditwebhook.endpoint;

import dev.auditwebhook.security.UrlPolicy.Destination;
import dev.auditwebhook.testing.Formats;
import dev.auditwebhook.testing.SettableClock;
import dev.auditwebhook.wire.Answer;
import dev.auditwebhook.wire.Sender;
import dev.auditwebhook.wire.format.Event;
import dev.auditwebhook.wire.format.Format;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Sends nothing; its answers are a test's. */
final class ScriptedSender implements Sender {

  /**
   * One attempt.
   *
   * @param at when it began, by the clock that goes by
   */
  record Sent(
      Destination destination,
      int attempt,
      String messageId,
      List<Event> events,
      byte[] body,
      long at,
      boolean apart,
      Promise<Answer> answer) {

    List<Long> eventIds() {
      return events.stream().map(Event::id).toList();
    }

    void answer(int status) {
      answer.complete(status(status));
    }

    void answer(Answer whole) {
      answer.complete(whole);
    }
  }

  private final SettableClock clock;
  private final Format format;
  private final List<Sent> sent;
  private Function<Sent, Answer> usually = each -> null;

  ScriptedSender(SettableClock clock) {
    this(clock, Formats.single());
  }

  ScriptedSender(SettableClock clock, Format format) {
    this(clock, format, new ArrayList<>());
  }

  private ScriptedSender(SettableClock clock, Format format, List<Sent> sent) {
    this.clock = clock;
    this.format = format;
    this.sent = sent;
  }

  /** Another one, whose attempts are among those of this one. */
  ScriptedSender with(Format another) {
    ScriptedSender next = new ScriptedSender(clock, another, sent);
    next.usually = usually;
    return next;
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
  public Format format() {
    return format;
  }

  @Override
  public Future<Answer> send(
      Destination destination, int attempt, String messageId, List<Event> events) {
    byte[] body = format.body(events, id -> "msg_test_" + id);
    return record(
        new Sent(
            destination,
            attempt,
            messageId,
            events,
            body,
            clock.elapsed(),
            false,
            Promise.promise()));
  }

  @Override
  public Future<Answer> sendApart(Destination destination, String messageId, List<Event> events) {
    byte[] body = format.body(events, id -> messageId);
    return record(
        new Sent(
            destination, 0, messageId, events, body, clock.elapsed(), true, Promise.promise()));
  }

  private Future<Answer> record(Sent each) {
    sent.add(each);
    Answer answer = usually.apply(each);
    if (answer != null) {
      each.answer(answer);
    }
    return each.answer().future();
  }
}
