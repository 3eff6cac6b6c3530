package dev.auditwebhook.cli;

import dev.auditwebhook.WebhookClient;
import java.util.List;
import java.util.Locale;

/** The totals as the sum that they are, in lines of at most {@value Terminal#WIDTH} columns. */
final class AccountingLine {

  private AccountingLine() {}

  static List<String> of(WebhookClient.State state) {
    String known =
        String.format(
            Locale.ROOT,
            "received %d = delivered %d + failed %d",
            state.received(),
            state.delivered(),
            state.failed());
    String rest =
        String.format(
            Locale.ROOT,
            "+ dropped %d + discarded %d + pending %d",
            state.dropped(),
            state.discarded(),
            state.pending());
    String line = known + " " + rest;
    return line.length() <= Terminal.WIDTH ? List.of(line) : List.of(known, "  " + rest);
  }
}
