package dev.auditwebhook.cli;

import dev.auditwebhook.WebhookClient.State;
import io.vertx.core.json.JsonObject;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** What the demo shows, in lines of at most {@value Terminal#WIDTH} columns. */
final class DemoLines {

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");
  private static final int ACTION_WIDTH = 20;

  private DemoLines() {}

  /** The totals as the sum that they are. */
  static List<String> account(State state) {
    String known =
        "received %s = delivered %s + failed %s"
            .formatted(state.received(), state.delivered(), state.failed());
    String rest =
        "+ dropped %s + discarded %s + pending %s"
            .formatted(state.dropped(), state.discarded(), state.pending());
    String line = known + " " + rest;
    return line.length() <= Terminal.WIDTH ? List.of(line) : List.of(known, "  " + rest);
  }

  /** A message that was published at {@code webhook.attempts}, and when it came. */
  static String outcome(LocalTime time, JsonObject attempt) {
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
