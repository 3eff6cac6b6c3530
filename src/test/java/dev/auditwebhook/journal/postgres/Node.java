package dev.auditwebhook.journal.postgres;

import static dev.auditwebhook.testing.Webhooks.result;

import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.endpoint.ledger.Step;
import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.journal.Engine.Addition;
import dev.auditwebhook.journal.Engine.Appended;
import dev.auditwebhook.journal.Engine.Counts;
import dev.auditwebhook.journal.Engine.Opened;
import dev.auditwebhook.journal.Nodes;
import dev.auditwebhook.journal.postgres.nodes.JournalTail;
import dev.auditwebhook.journal.postgres.nodes.Share;
import dev.auditwebhook.testing.ScriptedNode;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Future;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;

/** An engine, and what it tells its journal and the host of its endpoints. */
final class Node extends ScriptedNode {

  private final Tables tables;
  final PostgresEngine engine;
  private Opened opened;
  private Counts counts;

  private Node(Tables tables) {
    this.tables = tables;
    engine =
        new PostgresEngine(
            tables.vertx,
            tables.clock,
            new StoreOptions()
                .setType(StoreOptions.POSTGRES)
                .setUri(tables.uri())
                .setSchema(tables.schema));
  }

  /** One that is open and has joined the others. */
  static Node open(Tables tables) {
    Node node = follow(tables);
    tables.ask(() -> node.engine.nodes().join(node, Map.of(), (id, settings) -> false));
    return node;
  }

  /** One that is open, and runs no endpoints. */
  static Node follow(Tables tables) {
    Node node = new Node(tables);
    node.opened = tables.ask(node.engine::open);
    node.counts = node.opened.counts();
    tables.ask(
        () -> {
          node.engine.nodes().follow(node);
          return Future.succeededFuture();
        });
    return node;
  }

  /** Makes endpoints, which it runs. */
  Node runs(String... endpoints) {
    for (String endpoint : endpoints) {
      takeOver(ask(() -> engine.nodes().create(endpoint)));
    }
    return this;
  }

  <T> T ask(Callable<Future<T>> question) {
    return tables.ask(question);
  }

  Opened opened() {
    return opened;
  }

  JournalTail tail() {
    return engine.tail();
  }

  /** Entries that arrived are on their way, and steps with them. */
  Future<Appended> begin(List<EncodedEntry> entries, Step... steps) {
    counts = new Counts(counts.arrived() + entries.size(), counts.rejected());
    return begin(entries, counts, steps);
  }

  /**
   * @param all of all entries so far, as this node sees it
   */
  Future<Appended> begin(List<EncodedEntry> entries, Counts all, Step... steps) {
    counts = all;
    return tables.begin(
        () -> {
          engine.nodes().members().forEach(member -> arrive(entries, member));
          return engine.append(new Addition(entries, all, List.of(steps), 0));
        });
  }

  /** What was on its way is dropped. */
  void notKept(List<EncodedEntry> entries) {
    tables.ask(
        () -> {
          for (Share member : engine.nodes().members()) {
            long lost =
                entries.stream()
                    .filter(Objects::nonNull)
                    .filter(entry -> entry.recipients().include(member.number()))
                    .count();
            member.notKept((int) lost);
          }
          return Future.succeededFuture();
        });
  }

  /** What is no event is dropped for all. */
  private static void arrive(List<EncodedEntry> entries, Share member) {
    for (EncodedEntry entry : entries) {
      if (entry == null) {
        member.dropped();
      } else if (entry.recipients().include(member.number())) {
        member.received();
      }
    }
  }

  Appended append(EncodedEntry... entries) {
    return result(begin(Arrays.asList(entries)));
  }

  Appended step(Step... steps) {
    return result(begin(List.of(), steps));
  }

  /** The ids of all events of its cuts. */
  List<Long> seen() {
    return cuts.stream().flatMap(cut -> cut.events().stream()).map(Event::id).toList();
  }

  /** The last one. */
  Nodes.Cut cut() {
    return cuts.get(cuts.size() - 1);
  }

  void close() {
    ask(engine::close);
  }
}
