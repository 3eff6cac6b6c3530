package dev.auditwebhook;

import dev.auditwebhook.json.StrictJson;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The configuration of a {@link WebhookVerticle}: the object {@code webhook} of the configuration
 * file. What an endpoint has stands at this level for the endpoint {@code default}. Each {@code
 * DEFAULT_} constant is the default of the option of its name.
 *
 * <p>The verticle checks what the setters were given when it starts. A refusal is an {@link
 * IllegalArgumentException} of one line that begins with the path of the key.
 */
public class WebhookOptions extends AttemptOptions<WebhookOptions> {

  /** The {@code scope} of a webhook that serves the node that it is deployed on. */
  public static final String LOCAL = "local";

  /** The {@code scope} of the one webhook that serves all nodes of a cluster. */
  public static final String CLUSTER = "cluster";

  public static final String DEFAULT_SCOPE = LOCAL;
  public static final long DEFAULT_DRAIN_TIMEOUT = 5_000;
  public static final int DEFAULT_MAX_ENTRY_BYTES = 65_536;
  public static final boolean DEFAULT_ALLOW_PRIVATE_NETWORKS = true;
  public static final boolean DEFAULT_ADMIN_EVENTS = false;

  private String entryAddress = WebhookAddresses.DEFAULT_ENTRY_ADDRESS;
  private String address = WebhookAddresses.DEFAULT_PREFIX;
  private String scope = DEFAULT_SCOPE;
  private long drainTimeout = DEFAULT_DRAIN_TIMEOUT;
  private int maxEntryBytes = DEFAULT_MAX_ENTRY_BYTES;
  private boolean allowPrivateNetworks = DEFAULT_ALLOW_PRIVATE_NETWORKS;
  private List<String> redact = List.of();
  private boolean adminEvents = DEFAULT_ADMIN_EVENTS;
  private StoreOptions store = new StoreOptions();
  private Map<String, EndpointOptions> endpoints = new TreeMap<>();

  /** The defaults. */
  public WebhookOptions() {}

  /** A copy. */
  public WebhookOptions(WebhookOptions other) {
    super(other);
    entryAddress = other.entryAddress;
    address = other.address;
    scope = other.scope;
    drainTimeout = other.drainTimeout;
    maxEntryBytes = other.maxEntryBytes;
    allowPrivateNetworks = other.allowPrivateNetworks;
    redact = other.redact;
    adminEvents = other.adminEvents;
    store = new StoreOptions(other.store);
    endpoints = copy(other.endpoints);
  }

  /** Reads and checks the object {@code webhook} of the configuration. */
  public WebhookOptions(JsonObject config) {
    this(StrictJson.of("webhook", config));
  }

  private WebhookOptions(StrictJson json) {
    super(json);
    entryAddress = json.string("entryAddress", entryAddress);
    address = json.string("address", address);
    scope = json.string("scope", scope);
    drainTimeout = json.millis("drainTimeout", drainTimeout, 0);
    maxEntryBytes = json.whole("maxEntryBytes", maxEntryBytes, 64, 16 << 20);
    allowPrivateNetworks = json.bool("allowPrivateNetworks", allowPrivateNetworks);
    redact = json.strings("redact", redact);
    adminEvents = json.bool("adminEvents", adminEvents);
    store = new StoreOptions(json.object("store"));
    StrictJson others = json.object("endpoints");
    for (String id : others.keys()) {
      others.check(id, () -> EndpointOptions.checkId(id));
      others.require(
          !id.equals(EndpointOptions.DEFAULT_ID),
          id,
          "the endpoint default has its keys one level up, beside endpoints");
      endpoints.put(id, new EndpointOptions(others.object(id), allowPrivateNetworks));
    }
    json.end();
    check(json, allowPrivateNetworks);
    json.require(!address.isEmpty(), "address", "must not be empty");
    json.require(
        scope.equals(LOCAL) || scope.equals(CLUSTER), "scope", "must be \"local\" or \"cluster\"");
    json.require(
        !entryAddress.isEmpty() && !WebhookAddresses.of(address).contains(entryAddress),
        "entryAddress",
        "must not be empty or one of the webhook's own addresses (loop guard)");
    json.require(!redact.contains(""), "redact", "must be an array of non-empty strings");
  }

  @Override
  public JsonObject toJson() {
    return super.toJson()
        .put("entryAddress", entryAddress)
        .put("address", address)
        .put("scope", scope)
        .put("drainTimeout", drainTimeout)
        .put("maxEntryBytes", maxEntryBytes)
        .put("allowPrivateNetworks", allowPrivateNetworks)
        .put("redact", new JsonArray(redact))
        .put("adminEvents", adminEvents)
        .put("store", store.toJson())
        .put("endpoints", endpointsJson());
  }

  /** What these options say of the endpoint {@code default}. */
  public EndpointOptions defaultEndpoint() {
    return new EndpointOptions((AttemptOptions<?>) this);
  }

  private JsonObject endpointsJson() {
    JsonObject json = new JsonObject();
    endpoints.forEach((id, endpoint) -> json.put(id, endpoint.toJson()));
    return json;
  }

  /** The event-bus address of entries. */
  public String getEntryAddress() {
    return entryAddress;
  }

  /** Sets {@link #getEntryAddress()}. */
  public WebhookOptions setEntryAddress(String entryAddress) {
    this.entryAddress = entryAddress;
    return this;
  }

  /** The prefix of the module's own event-bus addresses. */
  public String getAddress() {
    return address;
  }

  /** Sets {@link #getAddress()}. */
  public WebhookOptions setAddress(String address) {
    this.address = address;
    return this;
  }

  /**
   * Whom it serves in a clustered Vert.x: {@value #LOCAL}, its own node, or {@value #CLUSTER}, all
   * nodes, as the only one of the cluster on its addresses. The same thing without a cluster.
   */
  public String getScope() {
    return scope;
  }

  /** Sets {@link #getScope()}. */
  public WebhookOptions setScope(String scope) {
    this.scope = scope;
    return this;
  }

  /** How long events may still go out after a disable or undeploy, in milliseconds; 0 to a day. */
  public long getDrainTimeout() {
    return drainTimeout;
  }

  /** Sets {@link #getDrainTimeout()}. */
  public WebhookOptions setDrainTimeout(long drainTimeout) {
    this.drainTimeout = drainTimeout;
    return this;
  }

  /** The longest entry, as JSON in UTF-8, in bytes; 64 to 16 MiB. */
  public int getMaxEntryBytes() {
    return maxEntryBytes;
  }

  /** Sets {@link #getMaxEntryBytes()}. */
  public WebhookOptions setMaxEntryBytes(int maxEntryBytes) {
    this.maxEntryBytes = maxEntryBytes;
    return this;
  }

  /** Whether loopback and private networks may be receivers. */
  public boolean isAllowPrivateNetworks() {
    return allowPrivateNetworks;
  }

  /** Sets {@link #isAllowPrivateNetworks()}. */
  public WebhookOptions setAllowPrivateNetworks(boolean allowPrivateNetworks) {
    this.allowPrivateNetworks = allowPrivateNetworks;
    return this;
  }

  /**
   * More keys of {@code details} that are redacted in dead letters, beside the usual ones; case
   * does not count, and camelCase and {@code -} are read as {@code _}.
   */
  public List<String> getRedact() {
    return redact;
  }

  /** Sets {@link #getRedact()}. */
  public WebhookOptions setRedact(List<String> redact) {
    this.redact = List.copyOf(redact);
    return this;
  }

  /**
   * Whether each change by a request is an entry too, {@code webhook.admin.set} and the like,
   * beside the line in the log and the count. Such an entry changes nothing, so it leads to no
   * other.
   */
  public boolean isAdminEvents() {
    return adminEvents;
  }

  /** Sets {@link #isAdminEvents()}. */
  public WebhookOptions setAdminEvents(boolean adminEvents) {
    this.adminEvents = adminEvents;
    return this;
  }

  /** Where pending events, dead letters and settings live. */
  public StoreOptions getStore() {
    return store;
  }

  /** Sets {@link #getStore()}. */
  public WebhookOptions setStore(StoreOptions store) {
    this.store = new StoreOptions(store);
    return this;
  }

  /** The endpoints beside {@code default}, by their ids: {@code [a-z0-9][a-z0-9-]{0,62}}. */
  public Map<String, EndpointOptions> getEndpoints() {
    return endpoints;
  }

  /** Sets {@link #getEndpoints()}. */
  public WebhookOptions setEndpoints(Map<String, EndpointOptions> endpoints) {
    this.endpoints = copy(endpoints);
    return this;
  }

  /** Adds one to {@link #getEndpoints()}. */
  public WebhookOptions putEndpoint(String id, EndpointOptions endpoint) {
    endpoints.put(id, new EndpointOptions(endpoint));
    return this;
  }

  private static Map<String, EndpointOptions> copy(Map<String, EndpointOptions> endpoints) {
    Map<String, EndpointOptions> copy = new TreeMap<>();
    endpoints.forEach((id, endpoint) -> copy.put(id, new EndpointOptions(endpoint)));
    return copy;
  }

  @Override
  WebhookOptions self() {
    return this;
  }
}
