package dev.auditwebhook.cli;

import io.vertx.core.json.JsonObject;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** One attempt as one line of at most {@value Terminal#WIDTH} columns. */
final class OutcomeLine {

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");
  private static final int ACTION_WIDTH = 20;

  private OutcomeLine() {}

  /**
   * The line of a message that was published at {@code webhook.attempts}.
   *
   * @param time when it came
   * @param attempt the message
   */
  static String of(LocalTime time, JsonObject attempt) {
    String line =
        String.format(
            Locale.ROOT,
            "%s  %-9s  #%-5d  %-" + ACTION_WIDTH + "s  attempt %d  %s",
            TIME.format(time),
            attempt.getString("outcome"),
            attempt.getLong("event_id"),
            cut(Terminal.plain(attempt.getString("action")), ACTION_WIDTH),
            attempt.getInteger("attempt"),
            answer(attempt));
    return cut(line, Terminal.WIDTH);
  }

  private static String answer(JsonObject attempt) {
    Integer status = attempt.getInteger("status");
    return status == null
        ? Terminal.plain(attempt.getString("error"))
        : String.format(Locale.ROOT, "%3d  %5d ms", status, attempt.getLong("latency_ms"));
  }

  private static String cut(String text, int width) {
    return text.length() <= width ? text : text.substring(0, width - 2) + "..";
  }
}
