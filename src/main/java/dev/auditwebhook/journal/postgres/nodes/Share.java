package dev.auditwebhook.journal.postgres.nodes;

import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.endpoint.Clock;
import dev.auditwebhook.endpoint.settings.Actions;
import dev.auditwebhook.endpoint.settings.LaterWord;
import dev.auditwebhook.journal.Nodes;
import dev.auditwebhook.journal.pace.Warnings;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An endpoint as this node sees it, whoever runs it. */
public final class Share implements Nodes.Member {

  private static final Logger log = LoggerFactory.getLogger(Share.class);

  private static final JsonArray ALL_ACTIONS =
      new EndpointOptions().toJson().getJsonArray("actions");

  private final String id;
  private final int number;
  private final long maxEvents;
  private final Warnings<Long> drops;

  private String owner;
  private long epoch;

  private JsonObject configured;
  private long version;
  private boolean enabled;
  private Actions actions = new Actions(List.of());

  /** By the tables. */
  private long kept;

  /** What arrived here since, and is not on its way into the tables yet. */
  private long wanted;

  private long dropped;

  /** How many of those that are on their way are pending. */
  private long underway;

  Share(String id, int number, long maxEvents, Clock clock) {
    this.id = id;
    this.number = number;
    this.maxEvents = maxEvents;
    drops = new Warnings<>(clock, this::warn);
  }

  private void warn(Warnings.Times<Long> times) {
    log.warn(
        "Endpoint {} has no room with {} pending events: {} dropped for it",
        id,
        times.last(),
        times.count() == 1 ? "1 entry" : times.count() + " entries");
  }

  public String id() {
    return id;
  }

  @Override
  public int number() {
    return number;
  }

  /** The node that has it, {@code null} for none; it may be dead. */
  String owner() {
    return owner;
  }

  /** One more with each change of the owner. */
  long epoch() {
    return epoch;
  }

  void owner(String node, long since) {
    owner = node;
    epoch = since;
  }

  /** That of configuration and settings. */
  long version() {
    return version;
  }

  /** {@code null} when no configuration names it. */
  JsonObject configured() {
    return configured;
  }

  /** The tables have this of it. */
  void is(long version, JsonObject configured, JsonObject settings) {
    this.version = version;
    this.configured = configured;
    is(settings);
  }

  /** It is set otherwise, or was at first. */
  void is(JsonObject settings) {
    enabled = !"".equals(inForce("url", settings, ""));
    JsonArray patterns = (JsonArray) inForce("actions", settings, ALL_ACTIONS);
    actions = new Actions(patterns.stream().map(String.class::cast).toList());
  }

  /** No other options are read: there are many, and newer nodes may have some of their own. */
  private Object inForce(String key, JsonObject settings, Object otherwise) {
    Object value = LaterWord.of(key, configured, settings);
    return value == null ? otherwise : value;
  }

  @Override
  public boolean isEnabled() {
    return enabled;
  }

  @Override
  public boolean wants(String action) {
    return actions.match(action);
  }

  @Override
  public boolean hasRoom() {
    return pending() < maxEvents;
  }

  @Override
  public long pending() {
    return Math.max(0, kept + underway + wanted - dropped);
  }

  /** So many are pending by the tables. */
  void kept(long pending) {
    kept = pending;
  }

  /** What was on its way is in the tables. */
  void arrivedThere() {
    underway = 0;
  }

  /** What arrived here, which is on its way from now on; {@code null} for nothing. */
  Delta leave() {
    if (wanted == 0 && dropped == 0) {
      return null;
    }
    Delta leaving = new Delta(number, wanted, dropped);
    underway += wanted - dropped;
    wanted = 0;
    dropped = 0;
    return leaving;
  }

  /** Some that was on its way is not kept. */
  void giveBack(Delta delta) {
    underway -= delta.wanted() - delta.dropped();
    wanted += delta.wanted();
    dropped += delta.dropped();
  }

  @Override
  public void received() {
    wanted++;
  }

  @Override
  public void dropped() {
    wanted++;
    dropped++;
  }

  @Override
  public void passedOver() {
    dropped();
    drops.add(pending());
  }

  @Override
  public void notKept(int events) {
    dropped += events;
  }

  @Override
  public void takenBack(int received, int passedOver) {
    wanted -= received + passedOver;
    dropped -= passedOver;
  }

  /** Speaks of the last drops. */
  void close() {
    drops.close();
  }
}
