package dev.auditwebhook.bus;

import dev.auditwebhook.WebhookAddresses;
import dev.auditwebhook.WebhookOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.core.spi.cluster.RegistrationInfo;
import java.util.List;
import java.util.function.Supplier;

/**
 * Sees to it that a webhook is alone on its addresses: in its Vert.x, and in a cluster where one
 * serves all nodes.
 *
 * <p>In a cluster each webhook shows itself at an address that tells its scope. The cluster forgets
 * that by itself when the node goes, however it goes. A lock makes deployments come one by one; as
 * it may be lost, each looks around again once it has shown itself: then two may refuse each other,
 * but never both start.
 */
final class Ownership {

  /** How long a deployment waits for its turn, in milliseconds. */
  private static final long LOCK_TIMEOUT = 10_000;

  private final Vertx vertx;
  private final String address;
  private final WebhookAddresses addresses;
  private final boolean wholeCluster;
  private final LocalMap<String, String> owners;
  private boolean owner;
  private MessageConsumer<Object> shown;

  Ownership(Vertx vertx, WebhookOptions options) {
    this.vertx = vertx;
    address = options.getAddress();
    addresses = WebhookAddresses.of(address);
    wholeCluster = options.getScope().equals(WebhookOptions.CLUSTER);
    owners = vertx.sharedData().getLocalMap("dev.auditwebhook.owners");
  }

  /** Takes the addresses, or none: it fails in one line when another webhook has them. */
  Future<Void> claim() {
    if (owners.putIfAbsent(address, "taken") != null) {
      return Future.failedFuture(
          refusal(
              "another WebhookVerticle answers on %s already; deploy one instance, or give this one"
                  + " another address"));
    }
    owner = true;
    Future<Void> claimed = vertx.isClustered() ? claimInCluster() : Future.succeededFuture();
    return claimed.recover(failure -> release().transform(v -> Future.failedFuture(failure)));
  }

  private Future<Void> claimInCluster() {
    return wholeCluster
        ? oneByOne(() -> alone().compose(v -> show()).compose(v -> alone()))
        : show().compose(v -> alone());
  }

  private Future<Void> oneByOne(Supplier<Future<Void>> claim) {
    return vertx
        .sharedData()
        .getLockWithTimeout("dev.auditwebhook.owner." + address, LOCK_TIMEOUT)
        .recover(
            failure ->
                Future.failedFuture(
                    new VertxException(
                        "webhook.scope: the cluster gave no lock to deploy on %s within %s ms: %s"
                            .formatted(address, LOCK_TIMEOUT, failure.getMessage()),
                        failure,
                        true)))
        .compose(lock -> claim.get().onComplete(v -> lock.release()));
  }

  /** Becomes visible to the other nodes. */
  private Future<Void> show() {
    shown = vertx.eventBus().consumer(wholeCluster ? addresses.ownerOfAll() : addresses.owner());
    return shown
        .handler(message -> message.reply(new JsonObject().put("address", address)))
        .completion();
  }

  /** Completed when no other node has a webhook that this one may not be beside. */
  private Future<Void> alone() {
    Future<Void> noneOfAll =
        noOther(
            addresses.ownerOfAll(),
            "a WebhookVerticle of another node answers on %s for the whole cluster already"
                + " (\"scope\":\"cluster\"); undeploy it first, or give this one another address");
    return wholeCluster
        ? noneOfAll.compose(
            v ->
                noOther(
                    addresses.owner(),
                    "another node has a WebhookVerticle of its own on %s already"
                        + " (\"scope\":\"local\"); undeploy it first, or give this one another"
                        + " address"))
        : noneOfAll;
  }

  /** Refused when living nodes other than this one have shown themselves. */
  private Future<Void> noOther(String where, String refusal) {
    ClusterManager cluster = ((VertxInternal) vertx).clusterManager();
    Promise<List<RegistrationInfo>> registered =
        ((VertxInternal) vertx).getOrCreateContext().promise();
    cluster.getRegistrations(where, registered);
    return registered
        .future()
        .compose(
            all -> {
              List<String> living = cluster.getNodes();
              return all.stream()
                      .map(RegistrationInfo::nodeId)
                      .anyMatch(id -> !id.equals(cluster.getNodeId()) && living.contains(id))
                  ? Future.failedFuture(refusal(refusal))
                  : Future.succeededFuture();
            });
  }

  private VertxException refusal(String why) {
    return new VertxException("webhook.address: " + why.formatted(address), true);
  }

  /** Lets go of what was taken. A second time is harmless. */
  Future<Void> release() {
    Future<Void> hidden = shown == null ? Future.succeededFuture() : shown.unregister();
    shown = null;
    return hidden
        .otherwiseEmpty()
        .onComplete(
            v -> {
              if (owner) {
                owner = false;
                owners.remove(address);
              }
            });
  }
}
