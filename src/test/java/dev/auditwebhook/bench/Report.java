package dev.auditwebhook.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The table, printed line by line as figures come, and the same as JSON. */
final class Report {

  private static final String LINE = "%-50s %11s %11s %-7s %7s %-15s %6s %6s  %s%n";

  /** Begins the note of a row that failed. */
  static final String VOID = "no figure: ";

  private final PrintStream out;
  private final List<Row> rows = new ArrayList<>();
  private boolean headed;

  Report(PrintStream out) {
    this.out = out;
  }

  void add(Row row) {
    if (!headed) {
      headed = true;
      out.printf(
          LINE, "", "module", "against", "unit", "ratio", "(min - max)", "goal", "least", "meets");
    }
    rows.add(row);
    if (row.note() != null) {
      out.printf("%-50s %s%n", row.name(), row.note());
      return;
    }
    out.printf(
        LINE,
        row.name(),
        number(row.module()),
        number(row.against()),
        row.unit(),
        decimal(row.ratio()),
        row.min() == null ? "" : "(" + decimal(row.min()) + " - " + decimal(row.max()) + ")",
        bound(row, row.goal()),
        bound(row, row.least()),
        row.verdict());
  }

  /** Whether a row failed. */
  boolean hasFailures() {
    return rows.stream().anyMatch(row -> row.note() != null && row.note().startsWith(VOID));
  }

  private static String number(Double value) {
    return value == null
        ? ""
        : String.format(Locale.ROOT, Math.abs(value) < 100 ? "%.2f" : "%,.0f", value);
  }

  private static String decimal(Double value) {
    return value == null ? "" : String.format(Locale.ROOT, "%.3f", value);
  }

  private static String bound(Row row, Double value) {
    return value == null
        ? ""
        : String.format(Locale.ROOT, row.lowerIsBetter() ? "<%s" : "%s", trim(value));
  }

  private static String trim(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  /** All that was measured, and on what. */
  JsonObject toJson(String mode, long seconds) {
    JsonArray list = new JsonArray();
    rows.forEach(row -> list.add(row.toJson()));
    return new JsonObject()
        .put("mode", mode)
        .put("seconds", seconds)
        .put("java", System.getProperty("java.vm.version"))
        .put("processors", Runtime.getRuntime().availableProcessors())
        .put("flags", new JsonArray(flags()))
        .put("rows", list);
  }

  /** The flags of this JVM. */
  static List<String> flags() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments();
  }
}
