package dev.auditwebhook.journal.postgres;

import static dev.auditwebhook.testing.Events.entry;
import static dev.auditwebhook.testing.Events.ids;
import static dev.auditwebhook.testing.Events.recipients;
import static dev.auditwebhook.testing.Webhooks.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.journal.EncodedEntry;
import dev.auditwebhook.journal.Engine.Counts;
import dev.auditwebhook.journal.Nodes.Cut;
import dev.auditwebhook.journal.postgres.nodes.JournalTail;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How nodes go along with a journal that all of them append to. */
class TailTest {

  @RegisterExtension final Tables tables = new Tables();

  private static List<EncodedEntry> entries(int number) {
    return Collections.nCopies(number, entry(1, recipients(0)));
  }

  private static void awaitSeen(Node node, List<Long> ids) {
    Awaitility.await().untilAsserted(() -> assertThat(node.seen()).isEqualTo(ids));
  }

  /** Has no cut come to a node until the promise is completed. */
  private static Promise<Void> hold(Node node) {
    Promise<Void> end = Promise.promise();
    node.ask(
        () -> {
          node.tail().still(end::future);
          return node.tail().still(Future::succeededFuture).isComplete()
              ? Future.failedFuture("it is not held")
              : Future.succeededFuture();
        });
    return end;
  }

  @Test
  void whatANodeAppendsAnotherOneSees() {
    Node one = Node.open(tables).runs("a");
    Node other = Node.open(tables).runs("b");

    one.append(entry(11, recipients(0, 1)), null, entry(12, recipients(1)));
    awaitSeen(other, List.of(1L, 3L));
    other.append(entry(13, recipients(0)));
    awaitSeen(one, List.of(1L, 3L, 4L));

    assertThat(other.cuts.stream().flatMap(cut -> cut.recipients().stream()))
        .containsExactly(recipients(0, 1), recipients(1), recipients(0));
    assertThat(one.cut().arrived()).isEqualTo(4);
    assertThat(one.cuts.stream().flatMap(cut -> cut.events().stream()))
        .usingRecursiveFieldByFieldElementComparator()
        .containsExactlyElementsOf(
            other.cuts.stream().flatMap(cut -> cut.events().stream()).toList());
  }

  @Test
  void whatNobodyToldOfIsFoundBySecondLooks() {
    Node node = Node.open(tables).runs("a");
    tables.sql(
        "INSERT INTO {s}.journal VALUES (1, 'a', 'x', 1, '\\x01')",
        "UPDATE {s}.head SET last_id = 2, arrived = 2, rejected = 5",
        "UPDATE {s}.intake SET wanted = 2, dropped = 1");

    result(tables.clock.turn(2 * Tail.POLL));

    awaitSeen(node, List.of(1L));
    assertThat(node.cut()).extracting(Cut::lastId, Cut::arrived, Cut::rejected).contains(2L, 5L);
    assertThat(node.cut().dropped()).containsEntry(0, 1L);
  }

  @Test
  void manyNodesSeeTheSameInTheSameOrderAndEachCutIsWhole() {
    List<Node> nodes = Stream.of("a", "b", "c").map(id -> Node.open(tables).runs(id)).toList();
    Random random = new Random(5);
    List<Future<?>> all = new ArrayList<>();
    int entries = 0;
    for (Node node : nodes) {
      Future<?> last = Future.succeededFuture();
      for (int group = 0; group < 60; group++) {
        EncodedEntry[] some = new EncodedEntry[random.nextInt(6)];
        Arrays.setAll(some, i -> random.nextInt(4) == 0 ? null : entry(i, recipients(0)));
        entries += some.length;
        last = last.compose(v -> node.begin(Arrays.asList(some)));
      }
      all.add(last);
    }
    result(Future.all(all));

    for (Node node : nodes) {
      long total = entries;
      Awaitility.await().until(() -> node.cut().lastId() == total);
      long seen = 0;
      long dropped = 0;
      long lastId = 0;
      for (Cut cut : List.copyOf(node.cuts)) {
        assertThat(cut.lastId()).isGreaterThanOrEqualTo(lastId);
        lastId = cut.lastId();
        seen += cut.events().size();
        dropped = cut.dropped().getOrDefault(0, dropped);
        assertThat(cut.arrived()).as("at " + lastId).isEqualTo(seen + dropped);
        assertThat(cut.recipients()).hasSameSizeAs(cut.events());
      }
      assertThat(lastId).isEqualTo(entries);
      assertThat(node.seen()).isSorted().isEqualTo(nodes.get(0).seen());
    }
  }

  @Test
  void whoIsFarBehindCatchesUpPageByPage() {
    Node node = Node.open(tables).runs("a");
    Promise<Void> end = hold(node);
    int events = 2 * Page.EVENTS + 1;
    List<EncodedEntry> entries = new ArrayList<>(entries(events));
    entries.add(null);
    result(node.begin(entries));
    assertThat(node.seen()).isEmpty();
    int before = node.cuts.size();

    end.complete();

    awaitSeen(node, ids(1, events));
    assertThat(node.cuts.subList(before, node.cuts.size()))
        .extracting(cut -> cut.events().size())
        .containsExactly(Page.EVENTS, Page.EVENTS, 1);
    assertThat(node.cuts.subList(before, node.cuts.size()))
        .extracting(Cut::arrived)
        .containsExactly((long) Page.EVENTS, 2L * Page.EVENTS, events + 1L);
    assertThat(node.cut().dropped()).containsEntry(0, 1L);
  }

  @Test
  void largeEventsComeInSmallPages() {
    Node node = Node.open(tables).runs("a");
    Promise<Void> end = hold(node);
    EncodedEntry large = new EncodedEntry("a", new byte[1 << 20], 1, recipients(0));
    result(node.begin(Collections.nCopies(9, large)));
    int before = node.cuts.size();

    end.complete();

    awaitSeen(node, ids(1, 9));
    assertThat(node.cuts.subList(before, node.cuts.size()))
        .extracting(cut -> cut.events().size())
        .containsExactly(4, 4, 1);
  }

  @Test
  void whoRunsNothingReadsNothing() {
    Node node = Node.open(tables).runs("a");
    Node idle = Node.open(tables);

    node.append(entry(1), entry(2));
    idle.append(entry(3));

    Awaitility.await().until(() -> idle.cut().lastId() == 3);
    assertThat(idle.cut().arrived()).isEqualTo(3);
    assertThat(idle.seen()).isEmpty();
    awaitSeen(node, ids(1, 3));
  }

  @Test
  void noCutComesWhileItIsStillAndTheNextOneInALaterTurn() {
    Node node = Node.open(tables).runs("a");
    Promise<Void> end = hold(node);

    node.append(entry(1));
    result(tables.clock.turn(3 * Tail.POLL));
    assertThat(node.seen()).isEmpty();

    long whenItEnded =
        node.ask(
            () -> {
              Future<Long> after = end.future().map(v -> node.tail().lastId());
              end.complete();
              return after;
            });
    assertThat(whenItEnded).isZero();
    awaitSeen(node, List.of(1L));
  }

  @Test
  void itGoesOnAfterAnActionThatFailed() {
    Node node = Node.open(tables).runs("a");
    Promise<Void> end = hold(node);
    node.append(entry(1));

    end.fail("no");

    awaitSeen(node, List.of(1L));
  }

  @Test
  void whoAsksIsAnsweredWhenAllThatWasKeptIsKnown() {
    Node one = Node.open(tables).runs("a");
    Node other = Node.open(tables).runs("b");
    one.append(entry(1), entry(2));
    Promise<Void> end = hold(other);
    JournalTail tail = other.tail();
    Future<Void> known = tables.begin(tail::upToDate);

    one.append(entry(3));
    assertThat(known.isComplete()).isFalse();
    end.complete();
    result(known);

    assertThat(other.seen()).isEqualTo(ids(1, 3));
  }

  @Test
  void countsOfOthersMakeACutToo() {
    Node one = Node.open(tables).runs("a");
    Node other = Node.open(tables).runs("b");

    result(one.begin(List.of(), new Counts(4, 2)));
    other.append(entry(1));

    Awaitility.await().until(() -> other.cut().arrived() == 5);
    assertThat(other.cut().rejected()).isEqualTo(2);
    awaitSeen(other, List.of(1L));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\0b", "a\uFFFDb", "\uD83D\uDE00"})
  void anActionIsAsItWas(String action) {
    Node one = Node.open(tables).runs("a");
    Node other = Node.open(tables).runs("b");
    byte[] content =
        (",\"action\":\"%s\"}".formatted(action.replace("\0", "\\u0000")))
            .getBytes(StandardCharsets.UTF_8);

    one.append(new EncodedEntry(action, content, 1, recipients(0)));

    awaitSeen(other, List.of(1L));
    for (Node node : List.of(one, other)) {
      assertThat(node.cut().events()).extracting(Event::action).containsExactly(action);
      assertThat(node.cut().events().get(0).content()).isEqualTo(content);
    }
  }

  @Test
  void whoComesLaterSeesWhatComesAfter() {
    Node one = Node.open(tables).runs("a");
    one.append(entry(1), null);

    Node late = Node.open(tables).runs("b");
    assertThat(late.opened().lastId()).isEqualTo(2);
    assertThat(late.opened().counts()).isEqualTo(new Counts(2, 0));
    assertThat(late.opened().messageIdPrefix()).isEqualTo(one.opened().messageIdPrefix());
    one.append(entry(3));

    awaitSeen(late, List.of(3L));
  }
}
