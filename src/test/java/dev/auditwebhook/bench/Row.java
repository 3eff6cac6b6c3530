package dev.auditwebhook.bench;

import io.vertx.core.json.JsonObject;

/**
 * One line of the table.
 *
 * @param name what was measured
 * @param module the module's figure
 * @param against what it is held against: the bare client's, {@code null} when there is none
 * @param unit of both
 * @param ratio what is held against the goal: the median over the rounds, {@code null} for none
 * @param min its least, {@code null} when it was measured once
 * @param max its greatest
 * @param goal what it should be, {@code null} for none
 * @param least the worst that will do
 * @param lowerIsBetter whether goal and least are upper bounds
 * @param more further figures, for the file
 * @param note why there is no figure, {@code null} when there is one
 */
record Row(
    String name,
    Double module,
    Double against,
    String unit,
    Double ratio,
    Double min,
    Double max,
    Double goal,
    Double least,
    boolean lowerIsBetter,
    JsonObject more,
    String note) {

  /** A figure of the module alone. */
  static Row figure(String name, double module, String unit) {
    return new Row(
        name, module, null, unit, null, null, null, null, null, false, new JsonObject(), null);
  }

  /** A line without a figure. */
  static Row missing(String name, String note) {
    return new Row(
        name, null, null, null, null, null, null, null, null, false, new JsonObject(), note);
  }

  Row beside(double otherFigure) {
    return new Row(
        name, module, otherFigure, unit, ratio, min, max, goal, least, lowerIsBetter, more, note);
  }

  Row ratio(double median, Double lowest, Double highest) {
    return new Row(
        name,
        module,
        against,
        unit,
        median,
        lowest,
        highest,
        goal,
        least,
        lowerIsBetter,
        more,
        note);
  }

  /** At least so much. */
  Row goal(double wanted, double enough) {
    return new Row(name, module, against, unit, ratio, min, max, wanted, enough, false, more, note);
  }

  /** At most so much. */
  Row goalAtMost(double wanted, double enough) {
    return new Row(name, module, against, unit, ratio, min, max, wanted, enough, true, more, note);
  }

  Row with(String key, Object value) {
    return new Row(
        name,
        module,
        against,
        unit,
        ratio,
        min,
        max,
        goal,
        least,
        lowerIsBetter,
        more.copy().put(key, value),
        note);
  }

  /** {@code goal}, {@code least} or {@code below}; empty when there is no goal or no figure. */
  String verdict() {
    Double value = ratio != null ? ratio : module;
    if (goal == null || value == null) {
      return "";
    }
    return meets(value, goal) ? "goal" : meets(value, least) ? "least" : "below";
  }

  private boolean meets(double value, double bound) {
    return lowerIsBetter ? value <= bound : value >= bound;
  }

  JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("name", name)
            .put("module", module)
            .put("against", against)
            .put("unit", unit)
            .put("ratio", ratio)
            .put("min", min)
            .put("max", max)
            .put("goal", goal)
            .put("least", least)
            .put("lower_is_better", lowerIsBetter)
            .put("verdict", verdict())
            .put("note", note);
    return json.mergeIn(more);
  }
}
