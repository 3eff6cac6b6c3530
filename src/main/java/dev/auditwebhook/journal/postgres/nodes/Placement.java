package dev.auditwebhook.journal.postgres.nodes;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a node does towards fair shares. Each node decides for itself by what it sees; where all see
 * the same, all end with as many endpoints as any other, or one more, and stay so.
 *
 * @param claim how many it takes of those that nobody runs, at most
 * @param handOver those that it gives away
 */
record Placement(int claim, List<String> handOver) {

  /**
   * @param node that decides
   * @param nodes that run endpoints, in an order that is the same for all
   * @param owners who runs which endpoint, {@code null} for nobody; neither does who is not among
   *     the nodes
   * @param bound endpoints that this node does not give away
   */
  static Placement of(
      String node, List<String> nodes, Map<String, String> owners, Collection<String> bound) {
    if (!nodes.contains(node)) {
      return new Placement(0, List.of());
    }
    Shares shares = new Shares(nodes, owners);
    Set<String> movable = new TreeSet<>(shares.of(node));
    movable.removeAll(bound);
    int kept = Math.max(0, movable.size() - shares.surplus(node));
    return new Placement(shares.claim(node), movable.stream().skip(kept).toList());
  }

  /** Who has what, and what would be fair. */
  private static final class Shares {

    private final List<String> nodes;
    private final Map<String, Set<String>> owned = new TreeMap<>();
    private final int floor;
    private final int ceiling;

    /** How many nodes have one more than the others when all is fair. */
    private final int larger;

    private int free;

    Shares(List<String> nodes, Map<String, String> owners) {
      this.nodes = nodes;
      nodes.forEach(each -> owned.put(each, new TreeSet<>()));
      owners.forEach(
          (endpoint, owner) -> {
            if (owner != null && owned.containsKey(owner)) {
              owned.get(owner).add(endpoint);
            } else {
              free++;
            }
          });
      floor = owners.size() / nodes.size();
      larger = owners.size() % nodes.size();
      ceiling = larger == 0 ? floor : floor + 1;
    }

    Set<String> of(String node) {
      return owned.get(node);
    }

    private int size(String node) {
      return owned.get(node).size();
    }

    private int missing(String node) {
      return Math.max(0, floor - size(node));
    }

    /** How many all of them need that have too few. */
    private int missing() {
      return nodes.stream().mapToInt(this::missing).sum();
    }

    /** First come those that have too few; what they leave is for some of the others. */
    int claim(String node) {
      int claim = Math.min(free, missing(node));
      boolean left = free > missing();
      boolean among =
          nodes.stream().filter(each -> !each.equals(node) && size(each) > floor).count() < larger;
      return left && among && size(node) + claim == floor ? claim + 1 : claim;
    }

    /**
     * How many a node has that others need: all above the ceiling, and what is missing then comes
     * from those that have one more than the floor, the first of them first.
     */
    int surplus(String node) {
      int missing = missing() - free;
      for (String each : nodes) {
        missing -= Math.max(0, size(each) - ceiling);
      }
      for (String each : nodes) {
        int above = Math.max(0, size(each) - ceiling);
        if (missing > 0 && size(each) >= ceiling && ceiling > floor) {
          missing--;
          above++;
        }
        if (each.equals(node)) {
          return above;
        }
      }
      return 0;
    }
  }
}
