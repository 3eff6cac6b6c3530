package dev.auditwebhook.http;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.healthchecks.CheckResult;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why something is not well, as it may be shown to anybody: fixed words, with numbers and times.
 * Whatever else a reply says stays inside, as it may come from a receiver or name a host.
 */
final class Reasons {

  static final String KEY = "reasons";

  static final String NOT_DEPLOYED = "not_deployed";
  static final String NO_ANSWER = "no_answer";
  static final String FAULT = "fault";

  private static final Pattern REASON =
      Pattern.compile(
          "(circuit_open|paused|disabled|nearly_full|store_fault|store_set_aside)(?![^ ])(.*)",
          Pattern.DOTALL);
  private static final Pattern NUMBERS =
      Pattern.compile(
          "( (of|since|\\d{1,19}|\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z))*");

  private Reasons() {}

  /** Those of a reply that may be shown. */
  static List<String> of(JsonObject reply) {
    return reply.getValue(KEY) instanceof JsonArray array
        ? array.stream().map(Reasons::presentable).flatMap(Optional::stream).toList()
        : List.of();
  }

  /** Why the webhook could not be asked. */
  static List<String> of(Throwable failure) {
    return List.of(
        switch (Problem.of(failure, 500).status()) {
          case 503 -> NOT_DEPLOYED;
          case 504 -> NO_ANSWER;
          default -> FAULT;
        });
  }

  /** Those that a check has kept; one that ran out of time has none. */
  static List<String> from(CheckResult check) {
    return check.getData() != null && check.getData().getValue(KEY) instanceof JsonArray array
        ? array.stream().map(String.class::cast).toList()
        : List.of(NO_ANSWER);
  }

  private static Optional<String> presentable(Object reason) {
    if (!(reason instanceof String text)) {
      return Optional.empty();
    }
    Matcher known = REASON.matcher(text);
    if (!known.matches()) {
      return Optional.empty();
    }
    return Optional.of(NUMBERS.matcher(known.group(2)).matches() ? text : known.group(1));
  }
}
