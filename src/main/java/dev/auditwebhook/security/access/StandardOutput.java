package dev.auditwebhook.security.access;

import java.io.Console;

/** Who reads what this process prints. */
public final class StandardOutput {

  private StandardOutput() {}

  /** Whether it is a person at a terminal; otherwise it may be kept, where others read it. */
  public static boolean isTerminal() {
    Console console = System.console();
    try {
      // From Java 22 on there is a console without a terminal, and a method to tell.
      return console != null && (Boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }
}
