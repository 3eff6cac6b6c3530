package dev.auditwebhook;

/** The event-bus addresses of one webhook, one constant or method each. */
public final class WebhookAddresses {

  /** Where audit entries arrive unless {@code entryAddress} says otherwise. */
  public static final String DEFAULT_ENTRY_ADDRESS = "audit.entry";

  /** The prefix of all other addresses unless {@code address} says otherwise. */
  public static final String DEFAULT_PREFIX = "webhook";

  /**
   * The header of a request that names who makes it, such as the name of a token, for the trail of
   * changes; whoever sends requests by themselves may set it.
   */
  public static final String PRINCIPAL = "webhook-principal";

  /** The header of a request that names the address which it came from, for the trail. */
  public static final String PEER = "webhook-peer";

  /**
   * The header of an entry that names the message which it came in, if it did: one of this
   * webhook's own messages is not taken in again.
   */
  public static final String MESSAGE_ID = "webhook-id";

  private final String prefix;

  private WebhookAddresses(String prefix) {
    this.prefix = prefix;
  }

  /** The addresses below a prefix: the option {@code address}. */
  public static WebhookAddresses of(String prefix) {
    return new WebhookAddresses(prefix);
  }

  /** {@code <prefix>.get}: state and totals. */
  public String get() {
    return prefix + ".get";
  }

  /** {@code <prefix>.set}: sets URL, secret or backoff, pauses, resumes; an empty URL disables. */
  public String set() {
    return prefix + ".set";
  }

  /** {@code <prefix>.dlq}: reads the dead-letter queue. */
  public String dlq() {
    return prefix + ".dlq";
  }

  /** {@code <prefix>.dlq.redrive}: sends dead letters again. */
  public String redrive() {
    return prefix + ".dlq.redrive";
  }

  /** {@code <prefix>.dlq.purge}: removes dead letters. */
  public String purge() {
    return prefix + ".dlq.purge";
  }

  /** {@code <prefix>.test}: sends one test event now. */
  public String test() {
    return prefix + ".test";
  }

  /**
   * {@code <prefix>.ready}: whether entries can be accepted and kept: {@code
   * {"ready":true,"reasons":[]}}. Reasons are fixed words, perhaps with numbers.
   */
  public String ready() {
    return prefix + ".ready";
  }

  /**
   * {@code <prefix>.health}: whether events are delivered: {@code {"healthy":true,"reasons":[]}}.
   * Reasons are fixed words, perhaps with numbers.
   */
  public String health() {
    return prefix + ".health";
  }

  /** {@code <prefix>.endpoints}: state and totals of all endpoints. */
  public String endpoints() {
    return prefix + ".endpoints";
  }

  /** {@code <prefix>.endpoint.put}: makes an endpoint, or replaces its whole configuration. */
  public String put() {
    return prefix + ".endpoint.put";
  }

  /** {@code <prefix>.endpoint.remove}: removes an endpoint, and what is pending for it. */
  public String remove() {
    return prefix + ".endpoint.remove";
  }

  /** {@code <prefix>.nodes}: the nodes that share the store, and what each runs. */
  public String nodes() {
    return prefix + ".nodes";
  }

  /** {@code <prefix>.attempts}: published, one message an attempt. */
  public String attempts() {
    return prefix + ".attempts";
  }

  /** {@code <prefix>.owner}: in a cluster, where webhooks of a single node show that they exist. */
  public String owner() {
    return prefix + ".owner";
  }

  /** {@code <prefix>.owner.cluster}: where the one of a whole cluster shows that it exists. */
  public String ownerOfAll() {
    return prefix + ".owner.cluster";
  }

  /** Whether this webhook answers or publishes there: it must not be the address of entries. */
  public boolean contains(String address) {
    return address.equals(get())
        || address.equals(set())
        || address.equals(dlq())
        || address.equals(redrive())
        || address.equals(purge())
        || address.equals(test())
        || address.equals(ready())
        || address.equals(health())
        || address.equals(endpoints())
        || address.equals(put())
        || address.equals(remove())
        || address.equals(nodes())
        || address.equals(attempts())
        || address.equals(owner())
        || address.equals(ownerOfAll());
  }
}
