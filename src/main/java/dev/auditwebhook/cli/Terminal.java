package dev.auditwebhook.cli;

import dev.auditwebhook.security.access.StandardOutput;
import java.io.PrintStream;

/** Where lines are shown, in colour only on a terminal. */
record Terminal(PrintStream out, boolean colour) {

  static final int WIDTH = 80;

  private static final String ESCAPE = "\u001b[";
  private static final int BOLD = 1;
  private static final int RED = 31;
  private static final int GREEN = 32;
  private static final int YELLOW = 33;

  /** Standard output, in colour if it is a terminal and {@code NO_COLOR} is not set. */
  static Terminal ofProcess() {
    boolean wanted =
        System.getenv().getOrDefault("NO_COLOR", "").isEmpty()
            && !"dumb".equals(System.getenv("TERM"));
    return new Terminal(System.out, wanted && StandardOutput.isTerminal());
  }

  void line(String text) {
    out.println(text);
  }

  void boldLine(String text) {
    line(painted(text, BOLD));
  }

  /** Prints a line in which the word of an outcome has its colour. */
  void line(String text, String outcome) {
    int code =
        switch (outcome) {
          case "delivered" -> GREEN;
          case "retry" -> YELLOW;
          default -> RED;
        };
    line(text.replaceFirst(outcome, painted(outcome, code)));
  }

  private String painted(String text, int code) {
    return colour ? ESCAPE + code + "m" + text + ESCAPE + "0m" : text;
  }

  /** A text without control characters, so that it cannot drive a terminal. */
  static String plain(String text) {
    return String.valueOf(text).replaceAll("\\p{Cntrl}", "?");
  }

  static String firstLine(Throwable failure) {
    String message = failure.getMessage();
    return message == null || message.isBlank()
        ? failure.getClass().getSimpleName()
        : plain(message.strip().lines().findFirst().orElseThrow());
  }
}
