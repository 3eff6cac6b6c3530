package dev.auditwebhook.journal.postgres.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PlacementTest {

  private static final List<String> TWO = List.of("a", "b");
  private static final List<String> THREE = List.of("a", "b", "c");

  /** Endpoints {@code 0}, {@code 1}, ... with these owners; {@code -} for nobody. */
  private static Map<String, String> owned(String... owners) {
    Map<String, String> owned = new TreeMap<>();
    for (String owner : owners) {
      owned.put("" + owned.size(), owner.equals("-") ? null : owner);
    }
    return owned;
  }

  private static Placement of(String node, List<String> nodes, String... owners) {
    return Placement.of(node, nodes, owned(owners), Set.of());
  }

  @Test
  void whoIsAloneTakesAll() {
    assertThat(of("a", List.of("a"), "-", "-", "-")).isEqualTo(new Placement(3, List.of()));
  }

  @Test
  void whatADeadNodeHasIsThereToTake() {
    assertThat(of("a", TWO, "dead", "dead", "b", "a")).isEqualTo(new Placement(1, List.of()));
  }

  @Test
  void nobodyTakesMoreThanAFairShare() {
    assertThat(of("a", THREE, "-", "-", "-", "-").claim()).isLessThanOrEqualTo(2);
    assertThat(of("a", THREE, "-", "-", "-").claim()).isEqualTo(1);
  }

  @Test
  void whoeverHasTooMuchHandsItToANewNode() {
    assertThat(of("a", TWO, "a", "a", "a", "a")).isEqualTo(new Placement(0, List.of("2", "3")));
  }

  @Test
  void oneMoreThanOthersIsFair() {
    assertThat(of("a", TWO, "a", "a", "b")).isEqualTo(new Placement(0, List.of()));
    assertThat(of("b", TWO, "a", "a", "b")).isEqualTo(new Placement(0, List.of()));
  }

  @Test
  void oneMoreThanOthersIsTooMuchWhileOneHasNone() {
    assertThat(of("a", THREE, "a", "a", "b", "b")).isEqualTo(new Placement(0, List.of("1")));
    assertThat(of("b", THREE, "a", "a", "b", "b")).isEqualTo(new Placement(0, List.of()));
  }

  @Test
  void whoHasNoneLeavesWhatThereIsToOthersThatHaveNone() {
    assertThat(of("a", TWO, "-", "a")).isEqualTo(new Placement(0, List.of()));
    assertThat(of("b", TWO, "-", "a")).isEqualTo(new Placement(1, List.of()));
  }

  @Test
  void someNodesHaveNothingWhenThereIsTooLittle() {
    assertThat(of("c", THREE, "a", "b")).isEqualTo(new Placement(0, List.of()));
    assertThat(of("a", THREE, "a", "b")).isEqualTo(new Placement(0, List.of()));
  }

  @Test
  void whoDoesNotTakePartDoesNothing() {
    assertThat(of("z", TWO, "z", "z", "-")).isEqualTo(new Placement(0, List.of()));
  }

  @Test
  void whatIsBoundStays() {
    Map<String, String> owners = owned("a", "a", "a", "a");
    assertThat(Placement.of("a", TWO, owners, Set.of("2", "3")))
        .isEqualTo(new Placement(0, List.of("0", "1")));
    assertThat(Placement.of("a", TWO, owners, Set.of("0", "1", "2")))
        .isEqualTo(new Placement(0, List.of("3")));
  }

  /** How many nodes there are, and the owners of endpoints; those that are not nodes are dead. */
  record Start(int nodes, List<Integer> owners) {}

  @Provide
  Arbitrary<Start> starts() {
    Arbitrary<Integer> nodes = Arbitraries.integers().between(1, 7);
    Arbitrary<List<Integer>> owners =
        Arbitraries.integers().between(0, 9).list().ofMinSize(0).ofMaxSize(40);
    return Combinators.combine(nodes, owners).as(Start::new);
  }

  /**
   * Each round a node looks, and does by and by what it decided then, while others do theirs: so
   * some act on what was, and some claim the same.
   */
  @Property(tries = 2_000)
  void inWhateverOrderTheyActAllEndWithFairSharesAndStayThere(
      @ForAll("starts") Start start, @ForAll Random random) {
    List<String> nodes = new ArrayList<>();
    for (int i = 0; i < start.nodes(); i++) {
      nodes.add("n" + i);
    }
    Map<String, String> owners = new TreeMap<>();
    start.owners().forEach(owner -> owners.put("e" + owners.size(), "n" + owner));
    int floor = owners.size() / nodes.size();
    int ceiling = (owners.size() + nodes.size() - 1) / nodes.size();
    for (int i = 0; i < 4 + 4 * nodes.size(); i++) {
      round(nodes, owners, random);
    }
    Map<String, Integer> sizes = new HashMap<>();
    owners.values().forEach(owner -> sizes.merge(owner, 1, Integer::sum));
    assertThat(nodes)
        .allSatisfy(node -> assertThat(sizes.getOrDefault(node, 0)).isBetween(floor, ceiling));
    assertThat(nodes).containsAll(owners.values());
    Map<String, String> settled = Map.copyOf(owners);
    round(nodes, owners, random);
    assertThat(owners).isEqualTo(settled);
  }

  /** All look once and act once, one sooner, one later. */
  private static void round(List<String> nodes, Map<String, String> owners, Random random) {
    Map<String, Placement> decisions = new HashMap<>();
    List<String> order = new ArrayList<>(nodes);
    order.addAll(nodes);
    Collections.shuffle(order, random);
    for (String node : order) {
      Placement decision = decisions.remove(node);
      if (decision == null) {
        decisions.put(node, Placement.of(node, nodes, new TreeMap<>(owners), Set.of()));
      } else {
        act(node, decision, nodes, owners);
      }
    }
  }

  private static void act(
      String node, Placement decision, List<String> nodes, Map<String, String> owners) {
    for (String given : decision.handOver()) {
      assertThat(owners).containsEntry(given, node);
      owners.put(given, null);
    }
    int claims = decision.claim();
    for (Map.Entry<String, String> each : owners.entrySet()) {
      if (claims > 0
          && !nodes.contains(each.getValue())
          && !decision.handOver().contains(each.getKey())) {
        each.setValue(node);
        claims--;
      }
    }
  }

  @Property
  void nobodyBothTakesAndGives(@ForAll("starts") Start start, @ForAll @IntRange(max = 6) int me) {
    List<String> nodes = new ArrayList<>();
    for (int i = 0; i < start.nodes(); i++) {
      nodes.add("n" + i);
    }
    Map<String, String> owners = new TreeMap<>();
    start.owners().forEach(owner -> owners.put("e" + owners.size(), "n" + owner));
    Placement placement = Placement.of("n" + me, nodes, owners, Set.of());
    assertThat(placement.claim() == 0 || placement.handOver().isEmpty()).isTrue();
  }
}
