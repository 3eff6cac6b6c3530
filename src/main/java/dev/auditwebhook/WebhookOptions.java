package dev.auditwebhook;

import dev.auditwebhook.json.StrictJson;
import dev.auditwebhook.security.ClientOptions;
import dev.auditwebhook.security.OwnHeaders;
import dev.auditwebhook.security.Signer;
import dev.auditwebhook.security.UrlPolicy;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The configuration of a {@link WebhookVerticle}: the object {@code webhook} of the configuration
 * file. All times are in milliseconds.
 *
 * <p>Setters take any value; {@link #WebhookOptions(JsonObject)} checks each, and the verticle
 * checks them all when it starts. A refusal is an {@link IllegalArgumentException} of one line that
 * begins with the path of the key, such as {@code webhook.maxAttempts}.
 */
public class WebhookOptions {

  /** The {@code scope} of a webhook that serves the node that it is deployed on. */
  public static final String LOCAL = "local";

  /** The {@code scope} of the one webhook that serves all nodes of a cluster. */
  public static final String CLUSTER = "cluster";

  static final long MAX_TIME = 24L * 60 * 60 * 1000;

  private String url = "";
  private List<String> secrets = List.of();
  private Map<String, String> headers = Map.of();
  private List<String> allowedOrigins = List.of();
  private String signatureHeader = null;
  private String entryAddress = WebhookAddresses.DEFAULT_ENTRY_ADDRESS;
  private String address = WebhookAddresses.DEFAULT_PREFIX;
  private String scope = LOCAL;
  private List<String> actions = List.of("*");
  private int maxAttempts = 3;
  private long initialBackoff = 1_000;
  private long maxBackoff = 60_000;
  private double jitter = 0.1;
  private long attemptTimeout = 15_000;
  private int maxInFlight = 64;
  private int queueCapacity = 1_024;
  private int dlqCapacity = 100;
  private long drainTimeout = 5_000;
  private int maxEntryBytes = 65_536;
  private boolean allowPrivateNetworks = true;
  private List<String> redact = List.of();
  private int maxFailures = 10;
  private long resetTimeout = 1_000;
  private JsonObject client = new JsonObject();
  private BatchOptions batch = new BatchOptions();
  private StoreOptions store = new StoreOptions();

  /** The defaults. */
  public WebhookOptions() {}

  /** A copy. */
  public WebhookOptions(WebhookOptions other) {
    url = other.url;
    secrets = other.secrets;
    headers = other.headers;
    allowedOrigins = other.allowedOrigins;
    signatureHeader = other.signatureHeader;
    entryAddress = other.entryAddress;
    address = other.address;
    scope = other.scope;
    actions = other.actions;
    maxAttempts = other.maxAttempts;
    initialBackoff = other.initialBackoff;
    maxBackoff = other.maxBackoff;
    jitter = other.jitter;
    attemptTimeout = other.attemptTimeout;
    maxInFlight = other.maxInFlight;
    queueCapacity = other.queueCapacity;
    dlqCapacity = other.dlqCapacity;
    drainTimeout = other.drainTimeout;
    maxEntryBytes = other.maxEntryBytes;
    allowPrivateNetworks = other.allowPrivateNetworks;
    redact = other.redact;
    maxFailures = other.maxFailures;
    resetTimeout = other.resetTimeout;
    client = other.client.copy();
    batch = new BatchOptions(other.batch);
    store = new StoreOptions(other.store);
  }

  /**
   * Reads and checks the object {@code webhook} of the configuration.
   *
   * @param config keys as in {@code conf/webhook.json}; an absent one takes its default
   * @throws IllegalArgumentException in one line with the path of the key
   */
  public WebhookOptions(JsonObject config) {
    StrictJson json = StrictJson.of("webhook", config);
    url = json.string("url", url);
    secrets = json.strings("secrets", secrets);
    headers = json.stringMap("headers");
    allowedOrigins = json.strings("allowedOrigins", allowedOrigins);
    signatureHeader = json.stringOrNull("signatureHeader", signatureHeader);
    entryAddress = json.string("entryAddress", entryAddress);
    address = json.string("address", address);
    scope = json.string("scope", scope);
    actions = json.strings("actions", actions);
    maxAttempts = json.whole("maxAttempts", maxAttempts, 1, 1_000);
    initialBackoff = json.whole("initialBackoff", initialBackoff, 1, MAX_TIME);
    maxBackoff = json.whole("maxBackoff", maxBackoff, 1, MAX_TIME);
    jitter = json.decimal("jitter", jitter, 0, 1);
    attemptTimeout = json.whole("attemptTimeout", attemptTimeout, 1, MAX_TIME);
    maxInFlight = json.whole("maxInFlight", maxInFlight, 1, 65_536);
    queueCapacity = json.whole("queueCapacity", queueCapacity, 1, 10_000_000);
    dlqCapacity = json.whole("dlqCapacity", dlqCapacity, 0, 1_000_000);
    drainTimeout = json.whole("drainTimeout", drainTimeout, 0, MAX_TIME);
    maxEntryBytes = json.whole("maxEntryBytes", maxEntryBytes, 64, 16 << 20);
    allowPrivateNetworks = json.bool("allowPrivateNetworks", allowPrivateNetworks);
    redact = json.strings("redact", redact);
    client = json.raw("client");
    StrictJson circuit = json.object("circuitBreaker");
    maxFailures = circuit.whole("maxFailures", maxFailures, 1, 1_000_000);
    resetTimeout = circuit.whole("resetTimeout", resetTimeout, 1, MAX_TIME);
    circuit.end();
    batch = new BatchOptions(json.object("batch"));
    store = new StoreOptions(json.object("store"));
    json.end();
    check(json);
  }

  private void check(StrictJson json) {
    if (!url.isEmpty()) {
      refuse(json, "url", () -> UrlPolicy.vet(url, allowPrivateNetworks));
    }
    for (int i = 0; i < secrets.size(); i++) {
      String secret = secrets.get(i);
      refuse(json, "secrets[" + i + "]", () -> Signer.keyOf(secret));
    }
    refuse(json, "headers", () -> headers.forEach(OwnHeaders::check));
    for (int i = 0; i < allowedOrigins.size(); i++) {
      String origin = allowedOrigins.get(i);
      refuse(json, "allowedOrigins[" + i + "]", () -> checkOrigin(origin));
    }
    if (signatureHeader != null) {
      refuse(json, "signatureHeader", () -> OwnHeaders.check(signatureHeader, ""));
      if (OwnHeaders.isOurs(signatureHeader)) {
        throw json.refused("signatureHeader", "is a header that the webhook sets itself");
      }
    }
    if (address.isEmpty()) {
      throw json.refused("address", "must not be empty");
    }
    if (!scope.equals(LOCAL) && !scope.equals(CLUSTER)) {
      throw json.refused("scope", "must be \"local\" or \"cluster\"");
    }
    if (entryAddress.isEmpty() || WebhookAddresses.of(address).contains(entryAddress)) {
      throw json.refused(
          "entryAddress", "must not be empty or one of the webhook's own addresses (loop guard)");
    }
    if (actions.stream()
        .anyMatch(
            name ->
                name.isEmpty()
                    || name.indexOf('*') >= 0 && name.indexOf('*') < name.length() - 1)) {
      throw json.refused("actions", "must be names, or prefixes with one * at the end");
    }
    if (redact.stream().anyMatch(String::isEmpty)) {
      throw json.refused("redact", "must be an array of non-empty strings");
    }
    ClientOptions.read("webhook.client", client);
  }

  private void checkOrigin(String origin) {
    if (!UrlPolicy.vet(origin, allowPrivateNetworks).target().equals("/")) {
      throw new IllegalArgumentException("must be scheme, host and port, without a path");
    }
  }

  private static void refuse(StrictJson json, String key, Runnable check) {
    try {
      check.run();
    } catch (IllegalArgumentException e) {
      throw json.refused(key, e.getMessage());
    }
  }

  /** All options as JSON, secrets included: for configuration, not for logs. */
  public JsonObject toJson() {
    return new JsonObject()
        .put("url", url)
        .put("secrets", new JsonArray(secrets))
        .put("headers", new JsonObject(new LinkedHashMap<>(headers)))
        .put("allowedOrigins", new JsonArray(allowedOrigins))
        .put("signatureHeader", signatureHeader)
        .put("entryAddress", entryAddress)
        .put("address", address)
        .put("scope", scope)
        .put("actions", new JsonArray(actions))
        .put("maxAttempts", maxAttempts)
        .put("initialBackoff", initialBackoff)
        .put("maxBackoff", maxBackoff)
        .put("jitter", jitter)
        .put("attemptTimeout", attemptTimeout)
        .put("maxInFlight", maxInFlight)
        .put("queueCapacity", queueCapacity)
        .put("dlqCapacity", dlqCapacity)
        .put("drainTimeout", drainTimeout)
        .put("maxEntryBytes", maxEntryBytes)
        .put("allowPrivateNetworks", allowPrivateNetworks)
        .put("redact", new JsonArray(redact))
        .put(
            "circuitBreaker",
            new JsonObject().put("maxFailures", maxFailures).put("resetTimeout", resetTimeout))
        .put("client", client.copy())
        .put("batch", batch.toJson())
        .put("store", store.toJson());
  }

  /** Where events go; empty for nowhere. */
  public String getUrl() {
    return url;
  }

  /** Sets {@link #getUrl()}. */
  public WebhookOptions setUrl(String url) {
    this.url = url;
    return this;
  }

  /** Signing secrets, {@code whsec_} and base64 of 24 to 64 bytes; the first is the newest. */
  public List<String> getSecrets() {
    return secrets;
  }

  /** Sets {@link #getSecrets()}. */
  public WebhookOptions setSecrets(List<String> secrets) {
    this.secrets = List.copyOf(secrets);
    return this;
  }

  /**
   * Static headers, such as a receiver's {@code Authorization}. They and the client certificate go
   * only to the origin of {@link #getUrl()}, or to any when that is empty, and to {@link
   * #getAllowedOrigins()}.
   */
  public Map<String, String> getHeaders() {
    return headers;
  }

  /** Sets {@link #getHeaders()}. */
  public WebhookOptions setHeaders(Map<String, String> headers) {
    this.headers = new LinkedHashMap<>(headers);
    return this;
  }

  /**
   * More origins, such as {@code https://siem.example:8443}, that get the configured headers and
   * client certificate when the URL is set to one of them.
   */
  public List<String> getAllowedOrigins() {
    return allowedOrigins;
  }

  /** Sets {@link #getAllowedOrigins()}. */
  public WebhookOptions setAllowedOrigins(List<String> allowedOrigins) {
    this.allowedOrigins = List.copyOf(allowedOrigins);
    return this;
  }

  /** The name of a header with the plain hex HMAC-SHA256 of the body; {@code null} for none. */
  public String getSignatureHeader() {
    return signatureHeader;
  }

  /** Sets {@link #getSignatureHeader()}. */
  public WebhookOptions setSignatureHeader(String signatureHeader) {
    this.signatureHeader = signatureHeader;
    return this;
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

  /** The actions that are delivered: names, or prefixes that end in {@code *}. */
  public List<String> getActions() {
    return actions;
  }

  /** Sets {@link #getActions()}. */
  public WebhookOptions setActions(List<String> actions) {
    this.actions = List.copyOf(actions);
    return this;
  }

  /** Attempts an event in all, the first one included; 1 to 1 000. */
  public int getMaxAttempts() {
    return maxAttempts;
  }

  /** Sets {@link #getMaxAttempts()}. */
  public WebhookOptions setMaxAttempts(int maxAttempts) {
    this.maxAttempts = maxAttempts;
    return this;
  }

  /** The wait before the second attempt, doubled after each, in milliseconds; 1 to a day. */
  public long getInitialBackoff() {
    return initialBackoff;
  }

  /** Sets {@link #getInitialBackoff()}. */
  public WebhookOptions setInitialBackoff(long initialBackoff) {
    this.initialBackoff = initialBackoff;
    return this;
  }

  /** The longest wait between two attempts, in milliseconds; 1 to a day. */
  public long getMaxBackoff() {
    return maxBackoff;
  }

  /** Sets {@link #getMaxBackoff()}. */
  public WebhookOptions setMaxBackoff(long maxBackoff) {
    this.maxBackoff = maxBackoff;
    return this;
  }

  /** The share by which a backoff varies at random, up and down; 0 to 1. */
  public double getJitter() {
    return jitter;
  }

  /** Sets {@link #getJitter()}. */
  public WebhookOptions setJitter(double jitter) {
    this.jitter = jitter;
    return this;
  }

  /**
   * The deadline of one attempt, from its start to the last byte of the answer, in milliseconds.
   */
  public long getAttemptTimeout() {
    return attemptTimeout;
  }

  /** Sets {@link #getAttemptTimeout()}. */
  public WebhookOptions setAttemptTimeout(long attemptTimeout) {
    this.attemptTimeout = attemptTimeout;
    return this;
  }

  /** Attempts at once; 1 keeps the order strictly. 1 to 65 536. */
  public int getMaxInFlight() {
    return maxInFlight;
  }

  /** Sets {@link #getMaxInFlight()}. */
  public WebhookOptions setMaxInFlight(int maxInFlight) {
    this.maxInFlight = maxInFlight;
    return this;
  }

  /** How many events may be pending; 1 to 10 000 000. */
  public int getQueueCapacity() {
    return queueCapacity;
  }

  /** Sets {@link #getQueueCapacity()}. */
  public WebhookOptions setQueueCapacity(int queueCapacity) {
    this.queueCapacity = queueCapacity;
    return this;
  }

  /** How many dead letters are kept; 0 to 1 000 000. */
  public int getDlqCapacity() {
    return dlqCapacity;
  }

  /** Sets {@link #getDlqCapacity()}. */
  public WebhookOptions setDlqCapacity(int dlqCapacity) {
    this.dlqCapacity = dlqCapacity;
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
   * More keys of {@code details} whose values are not shown with dead letters, beside those that
   * every webhook knows; case does not count, and camelCase and {@code -} are read as {@code _}.
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
   * {@code circuitBreaker.maxFailures}: failed events in a row that open the circuit; 1 to 1 000
   * 000.
   */
  public int getMaxFailures() {
    return maxFailures;
  }

  /** Sets {@link #getMaxFailures()}. */
  public WebhookOptions setMaxFailures(int maxFailures) {
    this.maxFailures = maxFailures;
    return this;
  }

  /** {@code circuitBreaker.resetTimeout}: from the opening to the next probe, in milliseconds. */
  public long getResetTimeout() {
    return resetTimeout;
  }

  /** Sets {@link #getResetTimeout()}. */
  public WebhookOptions setResetTimeout(long resetTimeout) {
    this.resetTimeout = resetTimeout;
    return this;
  }

  /** Vert.x {@code WebClientOptions} as JSON; redirects are forced off. */
  public JsonObject getClient() {
    return client;
  }

  /** Sets {@link #getClient()}. */
  public WebhookOptions setClient(JsonObject client) {
    this.client = client.copy();
    return this;
  }

  /** How many events go into one request. */
  public BatchOptions getBatch() {
    return batch;
  }

  /** Sets {@link #getBatch()}. */
  public WebhookOptions setBatch(BatchOptions batch) {
    this.batch = new BatchOptions(batch);
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

  /** Never shows a secret. */
  @Override
  public String toString() {
    return "WebhookOptions[address=" + address + ", entryAddress=" + entryAddress + "]";
  }
}
