package dev.auditwebhook.bench;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The command line.
 *
 * @param plan how long and how much
 * @param json where the figures go, {@code null} for nowhere
 * @param only names of rows, none for all
 * @param receiver a URL in place of the harness's fast receiver, or {@code null}
 * @param profile where the recording goes, {@code null} for none
 */
record Arguments(Plan plan, Path json, List<String> only, String receiver, Path profile) {

  /**
   * Reads it.
   *
   * @throws IllegalArgumentException in one line that says what is wrong
   */
  static Arguments of(List<String> args) {
    Plan plan = Plan.FULL;
    Path json = null;
    List<String> only = new ArrayList<>();
    String receiver = null;
    Path profile = null;
    for (Iterator<String> rest = args.iterator(); rest.hasNext(); ) {
      String option = rest.next();
      switch (option) {
        case "--quick" -> plan = Plan.QUICK;
        case "--json" -> json = Path.of(value(option, rest));
        case "--only" -> only.add(scenario(value(option, rest)));
        case "--receiver" -> receiver = url(value(option, rest));
        case "--profile" -> profile = Path.of(value(option, rest));
        default -> throw new IllegalArgumentException("unknown option: " + option);
      }
    }
    return new Arguments(plan, json, List.copyOf(only), receiver, profile);
  }

  private static String value(String option, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException(option + " needs a value");
    }
    return rest.next();
  }

  private static String scenario(String name) {
    if (!Scenarios.NAMES.contains(name)) {
      throw new IllegalArgumentException(
          "--only " + name + ": none of " + String.join(", ", Scenarios.NAMES));
    }
    return name;
  }

  private static String url(String text) {
    try {
      URI uri = URI.create(text);
      if ("http".equals(uri.getScheme()) && uri.getHost() != null && uri.getPort() > 0) {
        return text;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new IllegalArgumentException("--receiver needs a URL like http://127.0.0.1:8081/in");
  }

  boolean wants(String scenario) {
    return only.isEmpty() ? profile == null : only.contains(scenario);
  }
}
