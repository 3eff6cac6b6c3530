package dev.auditwebhook.journal.postgres.nodes;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a node does towards fair shares. Each node works out for itself, by what it sees, what all
 * of them are to do: where all see the same, no two want the same endpoint, and all end with as
 * many endpoints as any other, or one more, as far as they can run them.
 *
 * @param claim those that it takes of what nobody runs
 * @param handOver those that it gives away
 */
record Placement(List<String> claim, List<String> handOver) {

  /**
   * @param node that decides
   * @param refusals the endpoints that a node cannot run, by the nodes, which have an order that is
   *     the same for all
   * @param owners who runs which endpoint, {@code null} for nobody; neither does who is not among
   *     the nodes
   */
  static Placement of(
      String node, Map<String, ? extends Set<String>> refusals, Map<String, String> owners) {
    if (!refusals.containsKey(node)) {
      return new Placement(List.of(), List.of());
    }
    Plan plan = new Plan(refusals);
    List<String> free = new ArrayList<>();
    new TreeMap<>(owners)
        .forEach(
            (endpoint, owner) -> {
              if (owner == null || !plan.give(endpoint, owner)) {
                free.add(endpoint);
              }
            });
    free.forEach(plan::giveToWhoHasLeast);
    while (plan.even()) {}
    Set<String> planned = plan.of(node);
    return new Placement(
        free.stream().filter(planned::contains).toList(),
        owners.keySet().stream()
            .filter(endpoint -> node.equals(owners.get(endpoint)) && !planned.contains(endpoint))
            .sorted()
            .toList());
  }

  /** Who is to have what. */
  private static final class Plan {

    private final Map<String, ? extends Set<String>> refusals;
    private final Map<String, TreeSet<String>> shares = new HashMap<>();

    /** All of them, in their order at first; the later one gives, and the former one takes. */
    private final List<String> nodes;

    Plan(Map<String, ? extends Set<String>> refusals) {
      this.refusals = refusals;
      nodes = new ArrayList<>(refusals.keySet());
      nodes.forEach(node -> shares.put(node, new TreeSet<>()));
    }

    Set<String> of(String node) {
      return shares.get(node);
    }

    /** False when there is no such node. */
    boolean give(String endpoint, String node) {
      TreeSet<String> share = shares.get(node);
      return share != null && share.add(endpoint);
    }

    private int size(String node) {
      return shares.get(node).size();
    }

    private boolean canRun(String node, String endpoint) {
      return !refusals.get(node).contains(endpoint);
    }

    /** Of those that can run it; the first one when there are several. */
    void giveToWhoHasLeast(String endpoint) {
      refusals.keySet().stream()
          .filter(node -> canRun(node, endpoint))
          .min(Comparator.comparingInt(this::size))
          .ifPresent(node -> give(endpoint, node));
    }

    /** Moves an endpoint to a node that has less; false when that would be no better. */
    boolean even() {
      nodes.sort(Comparator.comparingInt(this::size));
      for (int most = nodes.size() - 1; most > 0; most--) {
        String from = nodes.get(most);
        for (String to : nodes) {
          if (size(from) - size(to) < 2) {
            break;
          }
          for (String endpoint : shares.get(from).descendingSet()) {
            if (canRun(to, endpoint)) {
              shares.get(from).remove(endpoint);
              return give(endpoint, to);
            }
          }
        }
      }
      return false;
    }
  }
}
