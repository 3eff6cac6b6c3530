package dev.auditwebhook.journal.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.endpoint.ledger.Change;
import dev.auditwebhook.endpoint.ledger.DeadLetter;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.journal.Engine.Addition;
import dev.auditwebhook.journal.Engine.Counts;
import dev.auditwebhook.journal.Recipients;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** What tests keep: each event says its number in its content. */
final class Kept {

  static final String ENDPOINT = "default";

  /** The number of the endpoint, which all is for where nothing else is said. */
  static final int NUMBER = 0;

  private Kept() {}

  static EncodedEntry entry(long number) {
    return entry(number, NUMBER);
  }

  static EncodedEntry entry(long number, int... recipients) {
    String content = ",\"action\":\"node.registered\",\"details\":{\"n\":" + number + "}}";
    return new EncodedEntry(
        "node.registered",
        content.getBytes(StandardCharsets.UTF_8),
        1_000 + number,
        recipients(recipients));
  }

  static Recipients recipients(int... numbers) {
    BitSet set = new BitSet();
    Arrays.stream(numbers).forEach(set::set);
    return Recipients.of(set);
  }

  static List<EncodedEntry> entries(long from, long to) {
    return LongStream.rangeClosed(from, to).mapToObj(Kept::entry).toList();
  }

  static Event event(long id) {
    return entry(id).numbered(id);
  }

  static List<Event> events(long from, long to) {
    return ids(from, to).stream().map(Kept::event).toList();
  }

  static List<Long> ids(long from, long to) {
    return LongStream.rangeClosed(from, to).boxed().toList();
  }

  static Straggler straggler(long id) {
    return new Straggler(event(id), 1, 77);
  }

  static DeadLetter letter(long id) {
    return new DeadLetter(event(id), 3, 503, "503 from http://x", null, "2026-01-01");
  }

  /** Totals that begin so. */
  static List<Long> totals(long... first) {
    return Arrays.stream(Arrays.copyOf(first, 8)).boxed().toList();
  }

  static Step step(long cursor, List<Long> totals) {
    return step(cursor, Map.of(), totals);
  }

  static Step step(long cursor, Map<Long, Change> changes, List<Long> totals) {
    return step(ENDPOINT, NUMBER, cursor, changes, totals);
  }

  static Step step(
      String endpoint, int number, long cursor, Map<Long, Change> changes, List<Long> totals) {
    return new Step(endpoint, number, cursor, List.of(), changes, totals, new JsonObject());
  }

  /** What is kept together, where no other endpoint needs what those with the steps have passed. */
  static Addition addition(List<EncodedEntry> entries, Step... steps) {
    long passed = Arrays.stream(steps).mapToLong(Step::cursor).min().orElse(-1);
    return new Addition(entries, new Counts(0, 0), List.of(steps), passed + 1);
  }

  /** Flips a bit of what follows an event's number, wherever it is in a file. */
  static void damage(Path file, long number) throws IOException {
    damage(file, ("{\"n\":" + number + "}").getBytes(StandardCharsets.UTF_8));
  }

  /** Flips a bit of the first byte of some bytes, wherever they are in a file. */
  static void damage(Path file, byte[] bytes) throws IOException {
    byte[] content = Files.readAllBytes(file);
    int found = 0;
    for (int at = 0; at + bytes.length <= content.length; at++) {
      if (Arrays.equals(content, at, at + bytes.length, bytes, 0, bytes.length)) {
        content[at] ^= 1;
        found++;
      }
    }
    assertThat(found).isPositive();
    Files.write(file, content);
  }
}
