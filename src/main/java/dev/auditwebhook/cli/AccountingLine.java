package dev.auditwebhook.cli;

import dev.auditwebhook.WebhookClient;
import java.util.List;

/** The totals as the sum that they are, in lines of at most {@value Terminal#WIDTH} columns. */
final class AccountingLine {

  private AccountingLine() {}

  static List<String> of(WebhookClient.State state) {
    String known =
        "received "
            + state.received()
            + " = delivered "
            + state.delivered()
            + " + failed "
            + state.failed();
    String rest =
        "+ dropped "
            + state.dropped()
            + " + discarded "
            + state.discarded()
            + " + pending "
            + state.pending();
    String line = known + " " + rest;
    return line.length() <= Terminal.WIDTH ? List.of(line) : List.of(known, "  " + rest);
  }
}
