package dev.auditwebhook.journal.postgres;

import dev.auditwebhook.endpoint.ledger.Change;
import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.endpoint.ledger.Total;
import dev.auditwebhook.journal.postgres.nodes.TenancyReader;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;

/** Steps as the parameters of the statement {@code step}: a column of each table is an array. */
final class StepRows {

  private final List<Integer> numbers = new ArrayList<>();
  private final List<Long> epochs = new ArrayList<>();
  private final List<Long> steps = new ArrayList<>();
  private final List<Long> positions = new ArrayList<>();
  private final List<String> aheads = new ArrayList<>();
  private final List<String> totals = new ArrayList<>();

  /** The highest ids that they speak of. */
  private final List<Long> reaches = new ArrayList<>();

  private final List<Integer> settingsNumbers = new ArrayList<>();
  private final List<String> settings = new ArrayList<>();
  private final Events stragglers = new Events();
  private final List<Long> since = new ArrayList<>();
  private final Events letters = new Events();
  private final List<Integer> statuses = new ArrayList<>();
  private final List<String> errors = new ArrayList<>();
  private final List<String> responses = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private final Ids redriven = new Ids();
  private final List<Long> redrivenAt = new ArrayList<>();
  private final Ids removed = new Ids();

  /** What the rows of stragglers and of dead letters begin with. */
  private static final class Events {
    private final Ids ids = new Ids();
    private final List<String> actions = new ArrayList<>();
    private final List<Buffer> contents = new ArrayList<>();
    private final List<Long> acceptedAt = new ArrayList<>();
    private final List<Integer> attempts = new ArrayList<>();

    void add(int number, Event event, int tries) {
      ids.add(number, event.id());
      actions.add(Rows.text(event.action()));
      contents.add(Rows.bytes(event.content()));
      acceptedAt.add(event.acceptedAt());
      attempts.add(tries);
    }

    void addTo(Tuple tuple) {
      ids.addTo(tuple);
      tuple
          .addArrayOfString(texts(actions))
          .addArrayOfBuffer(contents.toArray(Buffer[]::new))
          .addArrayOfLong(longs(acceptedAt))
          .addArrayOfInteger(integers(attempts));
    }
  }

  private static final class Ids {
    private final List<Integer> numbers = new ArrayList<>();
    private final List<Long> ids = new ArrayList<>();

    void add(int number, long id) {
      numbers.add(number);
      ids.add(id);
    }

    void addTo(Tuple tuple) {
      tuple.addArrayOfInteger(integers(numbers)).addArrayOfLong(longs(ids));
    }
  }

  /**
   * @param epoch in which this node runs the endpoint
   * @param no the number of the step
   * @param changed the settings, {@code null} when they are kept already
   */
  void add(Step step, long epoch, long no, JsonObject changed) {
    numbers.add(step.number());
    epochs.add(epoch);
    steps.add(no);
    positions.add(step.cursor());
    aheads.add(array(step.ahead()));
    totals.add(array(TenancyReader.OF_PROGRESS.stream().map(total -> total(step, total)).toList()));
    reaches.add(reach(step));
    if (changed != null) {
      settingsNumbers.add(step.number());
      settings.add(changed.encode());
    }
    step.changes().forEach((id, change) -> add(step.number(), id, change));
  }

  private static long total(Step step, Total total) {
    return total.ordinal() < step.totals().size() ? step.totals().get(total.ordinal()) : 0;
  }

  private static long reach(Step step) {
    long reach = step.cursor();
    if (!step.ahead().isEmpty()) {
      reach = Math.max(reach, step.ahead().get(step.ahead().size() - 1));
    }
    for (long id : step.changes().keySet()) {
      reach = Math.max(reach, id);
    }
    return reach;
  }

  /** As PostgreSQL writes an array. */
  private static String array(List<Long> values) {
    StringBuilder text = new StringBuilder("{");
    for (Long value : values) {
      text.append(text.length() == 1 ? "" : ",").append(value);
    }
    return text.append('}').toString();
  }

  private void add(int number, long id, Change change) {
    if (change instanceof Change.Keep keep) {
      Straggler straggler = keep.straggler();
      stragglers.add(number, straggler.event(), straggler.attempts());
      since.add(straggler.since());
    } else if (change instanceof Change.Bury bury) {
      add(number, bury.letter());
    } else if (change instanceof Change.Fail) {
      add(number, DeadLetter.damaged(id));
    } else if (change instanceof Change.Redrive redrive) {
      redriven.add(number, id);
      redrivenAt.add(redrive.now());
    } else {
      removed.add(number, id);
    }
  }

  private void add(int number, DeadLetter letter) {
    letters.add(number, letter.event(), letter.attempts());
    statuses.add(letter.status());
    errors.add(Rows.text(letter.error()));
    responses.add(Rows.text(letter.response()));
    failures.add(Rows.text(letter.failedAt()));
  }

  boolean isEmpty() {
    return numbers.isEmpty();
  }

  /** How many rows they change, about. */
  int size() {
    return numbers.size()
        + stragglers.attempts.size()
        + letters.attempts.size()
        + redrivenAt.size()
        + removed.ids.size();
  }

  /**
   * The parameters of the statement {@code step}.
   *
   * @param node the id of this node
   * @param schema the channel of notifications
   */
  Tuple parameters(String node, String schema) {
    Tuple tuple =
        Tuple.of(node, schema)
            .addArrayOfInteger(integers(numbers))
            .addArrayOfLong(longs(epochs))
            .addArrayOfLong(longs(steps))
            .addArrayOfLong(longs(positions))
            .addArrayOfString(texts(aheads))
            .addArrayOfString(texts(totals))
            .addArrayOfLong(longs(reaches));
    stragglers.addTo(tuple);
    tuple.addArrayOfLong(longs(since));
    letters.addTo(tuple);
    tuple
        .addArrayOfInteger(integers(statuses))
        .addArrayOfString(texts(errors))
        .addArrayOfString(texts(responses))
        .addArrayOfString(texts(failures));
    redriven.addTo(tuple);
    tuple.addArrayOfLong(longs(redrivenAt));
    removed.addTo(tuple);
    return tuple.addArrayOfInteger(integers(settingsNumbers)).addArrayOfString(texts(settings));
  }

  /** The parameters of the statement {@code step-fence}: no step before these is kept any more. */
  Tuple fence(String node) {
    Long[] before = steps.stream().map(step -> step - 1).toArray(Long[]::new);
    return Tuple.of(node, integers(numbers), longs(epochs), before);
  }

  private static Integer[] integers(List<Integer> values) {
    return values.toArray(Integer[]::new);
  }

  private static Long[] longs(List<Long> values) {
    return values.toArray(Long[]::new);
  }

  private static String[] texts(List<String> values) {
    return values.toArray(String[]::new);
  }
}
