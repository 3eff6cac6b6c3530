package dev.auditwebhook.journal;

import dev.auditwebhook.endpoint.ledger.State;
import dev.auditwebhook.wire.format.Event;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * What an engine that several nodes share does beside keeping: every node accepts for all
 * endpoints, and each endpoint is run by one node, its owner. Called on one context.
 */
public interface Nodes {

  /** The code of a failure: the endpoint is not run here, but it may be elsewhere, or soon. */
  int NOT_HERE = 421;

  /** An endpoint, whoever runs it, as far as the acceptance of entries goes. */
  interface Member {

    /** Its number among recipients. */
    int number();

    /** Whether there is a URL and events are accepted. */
    boolean isEnabled();

    /** Whether it is to have events of an action, while it {@link #isEnabled}. */
    boolean wants(String action);

    boolean hasRoom();

    /** How many events are pending, as far as this node knows. */
    long pending();

    /** An entry arrived that it wants, and is on its way into the journal. */
    void received();

    /** An entry arrived that it wants, and goes to nobody as there is no room. */
    void dropped();

    /** An entry arrived that it wants and has no room for, but others have. */
    void passedOver();

    /** So many that it received could not be kept. */
    void notKept(int events);

    /**
     * Entries from the inbox were not kept, and will arrive another time.
     *
     * @param received how many it received
     * @param passedOver how many it was passed over with
     */
    default void takenBack(int received, int passedOver) {
      throw new IllegalStateException("this journal has no inbox");
    }
  }

  /**
   * How the journal goes on from the last cut to this one. All that it has up to the last id is in
   * this cut or a former one.
   *
   * @param lastId the last number that was given
   * @param arrived how many valid entries there were of all nodes
   * @param rejected how many that were not
   * @param events those between, in order
   * @param recipients whom each of them is for
   * @param dropped how many entries were dropped for an endpoint so far, by its number; those that
   *     are missing are as they were
   */
  record Cut(
      long lastId,
      long arrived,
      long rejected,
      List<Event> events,
      List<Recipients> recipients,
      Map<Integer, Long> dropped) {}

  /** Goes along with the journal. */
  interface Follower {

    /** The journal goes on. */
    void cut(Cut cut);

    /** There are other members, or they want something else. */
    void membersChanged();

    /** Nothing can be kept now; why, in one line. What is on its way may be kept all the same. */
    void trouble(Throwable failure);

    /** An endpoint that this node runs is to keep a step though it has nothing new. */
    void touch(String endpoint);
  }

  /**
   * An endpoint that this node runs from now on.
   *
   * @param id of the endpoint
   * @param state as of the last cut up to {@code lastId}; what comes after follows in cuts
   * @param configured its configuration, {@code null} when it was made at run time
   */
  record Tenancy(String id, State state, long lastId, JsonObject configured) {}

  /** Runs endpoints on this node, and answers for them. */
  interface Host {

    /**
     * This node runs an endpoint from now on.
     *
     * @throws IllegalArgumentException in one line when it cannot: another node may
     */
    void takeOver(Tenancy tenancy);

    /**
     * This node is to run an endpoint no more; it {@link Engine#owns} it no more already, so that
     * no attempt begins.
     *
     * @return completed soon, once nothing is in flight and all is kept that can be
     */
    Future<Void> handOver(String endpoint);

    /** Another node runs an endpoint by now: what it did here is not kept any more. */
    void lose(String endpoint);

    /** This node owns its endpoints again, after it did not for a while. */
    void goOn();

    /**
     * Answers a request that reached another node.
     *
     * @param what which one: the address without the prefix of the webhook, {@code get}
     * @return its reply, as far as this node goes; failed with {@link #NOT_HERE} when it concerns
     *     an endpoint that this node does not run, or does no more
     */
    Future<JsonObject> answer(String what, Object body);
  }

  /** Who is told how the journal goes on. Comes before all else. */
  void follow(Follower follower);

  /** All endpoints that there are. */
  Collection<? extends Member> members();

  /**
   * Begins to run endpoints: makes those that are configured and new, takes over those that nobody
   * runs, and a fair share of all from now on.
   *
   * @param configured the options of this node's configuration, by the ids of the endpoints
   * @param removed whether what is kept of an endpoint says that it was removed although it is
   *     configured as it is; asked with its id and what is kept
   * @return completed when it has its share of what nobody runs
   */
  Future<Void> join(
      Host host, Map<String, JsonObject> configured, BiPredicate<String, JsonObject> removed);

  /** This node takes nothing over any more, and goes on with what it has. */
  void retire();

  /**
   * Makes an endpoint, which this node runs.
   *
   * @return what its {@link Host} is to take over; {@code null} when there is one of that id
   */
  Future<Tenancy> create(String endpoint);

  /** Whether there is an endpoint, whoever runs it. */
  Future<Boolean> has(String endpoint);

  /** The ids of all endpoints, whoever runs them. */
  Future<Set<String>> endpoints();

  /**
   * Asks the node that runs an endpoint, which may be this one by then.
   *
   * @param what as in {@link Host#answer}
   * @return its reply; failed as it failed there, with 404 when there is no such endpoint, or with
   *     503 when nobody runs it in time
   */
  Future<JsonObject> ask(String endpoint, String what, Object body);

  /** Asks all other nodes; what those reply that reply soon. */
  Future<List<JsonObject>> askOthers(String what, Object body);

  /** All nodes, as {@code webhook.nodes} tells of them. */
  Future<List<JsonObject>> list();

  /** The name of this node, for people. */
  String name();

  /**
   * The totals that are kept of endpoints whose owner does not answer, as {@code webhook.get} has
   * them.
   */
  Future<List<JsonObject>> reports(Collection<String> endpoints);

  /** Completed when all that was kept by now, by whomever, is in a cut. */
  Future<Void> upToDate();
}
