package dev.auditwebhook.journal.postgres.nodes;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
import org.junit.jupiter.api.Test;

class PlacementTest {

  private static final String TWO = "ab";
  private static final String THREE = "abc";

  /** Nodes with names of one letter, which can run all. */
  private static Map<String, Set<String>> nodes(String names) {
    Map<String, Set<String>> nodes = new LinkedHashMap<>();
    names.chars().forEach(name -> nodes.put(Character.toString(name), Set.of()));
    return nodes;
  }

  /** Endpoints {@code 0}, {@code 1}, ... with these owners; {@code -} for nobody. */
  private static Map<String, String> owned(String owners) {
    Map<String, String> owned = new TreeMap<>();
    owners
        .chars()
        .forEach(owner -> owned.put("" + owned.size(), owner == '-' ? null : "" + (char) owner));
    return owned;
  }

  private static Placement of(String node, String nodes, String owners) {
    return Placement.of(node, nodes(nodes), owned(owners));
  }

  private static Placement claims(String... endpoints) {
    return new Placement(List.of(endpoints), List.of());
  }

  private static Placement handsOver(String... endpoints) {
    return new Placement(List.of(), List.of(endpoints));
  }

  private static final Placement NOTHING = claims();

  @Test
  void whoIsAloneTakesAll() {
    assertThat(of("a", "a", "---")).isEqualTo(claims("0", "1", "2"));
  }

  @Test
  void noTwoTakeTheSame() {
    assertThat(of("a", THREE, "-----")).isEqualTo(claims("0", "3"));
    assertThat(of("b", THREE, "-----")).isEqualTo(claims("1", "4"));
    assertThat(of("c", THREE, "-----")).isEqualTo(claims("2"));
  }

  @Test
  void whatADeadNodeHasIsThereToTake() {
    assertThat(of("a", TWO, "xxbaa")).isEqualTo(claims("1"));
    assertThat(of("b", TWO, "xxbaa")).isEqualTo(claims("0"));
  }

  @Test
  void whoeverHasTooMuchHandsItToANewNode() {
    assertThat(of("a", TWO, "aaaa")).isEqualTo(handsOver("2", "3"));
    assertThat(of("b", TWO, "aaaa")).isEqualTo(NOTHING);
  }

  @Test
  void oneMoreThanOthersIsFair() {
    assertThat(of("a", TWO, "aab")).isEqualTo(NOTHING);
    assertThat(of("b", TWO, "aab")).isEqualTo(NOTHING);
  }

  @Test
  void oneOfThoseThatHaveTwoMoreThanAnotherHandsOver() {
    assertThat(of("a", THREE, "aabb")).isEqualTo(NOTHING);
    assertThat(of("b", THREE, "aabb")).isEqualTo(handsOver("3"));
  }

  @Test
  void whatNobodyRunsIsForWhoHasLeast() {
    assertThat(of("a", TWO, "-a")).isEqualTo(NOTHING);
    assertThat(of("b", TWO, "-a")).isEqualTo(claims("0"));
  }

  @Test
  void nothingIsHandedOverWhileEnoughIsFree() {
    assertThat(of("a", TWO, "aaa---")).isEqualTo(NOTHING);
    assertThat(of("b", TWO, "aaa---")).isEqualTo(claims("3", "4", "5"));
  }

  @Test
  void someNodesHaveNothingWhenThereIsTooLittle() {
    assertThat("abc".chars().mapToObj(Character::toString))
        .allMatch(node -> of(node, THREE, "ab").equals(NOTHING));
  }

  @Test
  void whoDoesNotTakePartDoesNothing() {
    assertThat(of("z", TWO, "zz-")).isEqualTo(NOTHING);
  }

  @Test
  void whatOneNodeAloneCanRunIsForThatOne() {
    Map<String, Set<String>> nodes = nodes(TWO);
    nodes.put("a", Set.of("0", "1", "2"));
    assertThat(Placement.of("a", nodes, owned("----"))).isEqualTo(claims("3"));
    assertThat(Placement.of("b", nodes, owned("----"))).isEqualTo(claims("0", "1", "2"));
    assertThat(Placement.of("b", nodes, owned("bbbb"))).isEqualTo(handsOver("3"));
    assertThat(Placement.of("b", nodes, owned("bbba"))).isEqualTo(NOTHING);
  }

  @Test
  void whatNoNodeCanRunIsForNobody() {
    assertThat(Placement.of("a", Map.of("a", Set.of("0")), owned("-a"))).isEqualTo(NOTHING);
  }

  /**
   * Nodes {@code n0}, {@code n1}, ...
   *
   * @param refusals the endpoints that each cannot run
   * @param owners of the endpoints; some of them are no nodes any more
   */
  record Start(List<Set<Integer>> refusals, List<Integer> owners) {

    Map<String, Set<String>> nodes() {
      Map<String, Set<String>> nodes = new LinkedHashMap<>();
      for (Set<Integer> refused : refusals) {
        nodes.put("n" + nodes.size(), refused.stream().map(each -> "e" + each).collect(toSet()));
      }
      return nodes;
    }

    Map<String, String> owned() {
      Map<String, String> owned = new TreeMap<>();
      owners.forEach(owner -> owned.put("e" + owned.size(), "n" + owner));
      return owned;
    }
  }

  @Provide
  Arbitrary<Start> equals() {
    Arbitrary<List<Set<Integer>>> nodes =
        Arbitraries.just(Set.<Integer>of()).list().ofMinSize(1).ofMaxSize(7);
    return Combinators.combine(nodes, owners()).as(Start::new);
  }

  /** With nodes that cannot run all. */
  @Provide
  Arbitrary<Start> mixed() {
    Arbitrary<List<Set<Integer>>> nodes =
        Arbitraries.integers().between(0, 30).set().ofMaxSize(25).list().ofMinSize(1).ofMaxSize(5);
    return Combinators.combine(nodes, owners()).as(Start::new);
  }

  private static Arbitrary<List<Integer>> owners() {
    return Arbitraries.integers().between(0, 9).list().ofMinSize(0).ofMaxSize(30);
  }

  @Property(tries = 1_000)
  void inWhateverOrderTheyActAllEndWithFairSharesAndStayThere(
      @ForAll("equals") Start start, @ForAll Random random) {
    Map<String, String> owners = settled(start, random);
    int nodes = start.nodes().size();
    Map<String, Integer> sizes = new HashMap<>();
    owners.values().forEach(owner -> sizes.merge(owner, 1, Integer::sum));
    assertThat(start.nodes().keySet())
        .containsAll(owners.values())
        .allSatisfy(
            node ->
                assertThat(sizes.getOrDefault(node, 0))
                    .isBetween(owners.size() / nodes, (owners.size() + nodes - 1) / nodes));
  }

  @Property(tries = 1_000)
  void whatSomeNodeCanRunIsRunAndStaysWhereItIs(
      @ForAll("mixed") Start start, @ForAll Random random) {
    Map<String, Set<String>> nodes = start.nodes();
    settled(start, random)
        .forEach(
            (endpoint, owner) ->
                assertThat(nodes.getOrDefault(owner, nodes.get("n0")).contains(endpoint))
                    .isEqualTo(nodes.values().stream().allMatch(no -> no.contains(endpoint))));
  }

  /** What all come to; after that nobody does anything. */
  private static Map<String, String> settled(Start start, Random random) {
    Map<String, Set<String>> nodes = start.nodes();
    Map<String, String> owners = start.owned();
    // Who has what it cannot run gives it back.
    owners.replaceAll(
        (endpoint, owner) -> nodes.getOrDefault(owner, Set.of()).contains(endpoint) ? null : owner);
    for (int i = 0; i < 4 + 4 * nodes.size(); i++) {
      round(nodes, owners, random);
    }
    assertThat(nodes.keySet()).allMatch(node -> Placement.of(node, nodes, owners).equals(NOTHING));
    return owners;
  }

  /** All look once and act once, one sooner, one later: some act on what is so no more. */
  private static void round(
      Map<String, Set<String>> nodes, Map<String, String> owners, Random random) {
    Map<String, Placement> decisions = new HashMap<>();
    List<String> order = new ArrayList<>(nodes.keySet());
    order.addAll(nodes.keySet());
    Collections.shuffle(order, random);
    for (String node : order) {
      Placement decision = decisions.remove(node);
      if (decision == null) {
        decisions.put(node, Placement.of(node, nodes, owners));
      } else {
        act(node, decision, nodes, owners);
      }
    }
  }

  private static void act(
      String node, Placement decision, Map<String, Set<String>> nodes, Map<String, String> owners) {
    for (String given : decision.handOver()) {
      assertThat(owners.put(given, null)).isEqualTo(node);
    }
    for (String claimed : decision.claim()) {
      assertThat(nodes.get(node)).doesNotContain(claimed);
      owners.computeIfPresent(claimed, (id, owner) -> nodes.containsKey(owner) ? owner : node);
      owners.putIfAbsent(claimed, node);
    }
  }
}
