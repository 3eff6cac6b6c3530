package dev.auditwebhook.testing;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Entries as the audit log of a Kubernetes cluster has them, each with a number in it. */
public final class KubernetesAudit {

  private static final List<String> ACTIONS =
      List.of(
          "pods.create",
          "configmaps.update",
          "secrets.get",
          "pods.delete",
          "namespaces.create",
          "deployments.patch");

  private KubernetesAudit() {}

  /** The action of the entry of that number. */
  public static String action(long number) {
    return ACTIONS.get((int) (number % ACTIONS.size()));
  }

  /** The entry of that number, of some 1.5 KB. */
  public static JsonObject entry(long number) {
    String action = action(number);
    String resource = action.substring(0, action.indexOf('.'));
    String verb = action.substring(resource.length() + 1);
    String name = resource + "-" + number;
    String path = "/api/v1/namespaces/default/" + resource + "/" + name;
    String now = Instant.now().toString();
    JsonObject metadata =
        new JsonObject().put("name", name).put("namespace", "default").put("labels", labels(name));
    JsonObject details =
        new JsonObject()
            .put("kind", "Event")
            .put("apiVersion", "audit.k8s.io/v1")
            .put("level", "RequestResponse")
            .put("auditID", new UUID(0, number).toString())
            .put("stage", "ResponseComplete")
            .put("requestURI", path)
            .put("verb", verb)
            .put("user", user())
            .put("sourceIPs", new JsonArray().add("192.168.99.1"))
            .put("userAgent", "kubectl/v1.12.1 (linux/amd64) kubernetes/4ed3216")
            .put("objectRef", new JsonObject().put("resource", resource).put("name", name))
            .put(
                "responseStatus",
                new JsonObject().put("metadata", new JsonObject()).put("code", 201))
            .put("requestObject", object(metadata))
            .put("responseObject", object(metadata.copy().put("selfLink", path)))
            .put("requestReceivedTimestamp", now)
            .put("stageTimestamp", now);
    return new JsonObject().put("action", action).put("timestamp", now).put("details", details);
  }

  /** The number of the entry that an event was. */
  public static long number(JsonObject event) {
    return UUID.fromString(event.getJsonObject("details").getString("auditID"))
        .getLeastSignificantBits();
  }

  private static JsonObject user() {
    return new JsonObject()
        .put("username", "system:serviceaccount:kube-system:deployment-controller")
        .put("groups", new JsonArray().add("system:serviceaccounts").add("system:authenticated"));
  }

  private static JsonObject labels(String name) {
    return new JsonObject().put("app", name).put("pod-template-hash", "7998647bdf");
  }

  private static JsonObject object(JsonObject metadata) {
    JsonObject container =
        new JsonObject()
            .put("name", "nginx")
            .put("image", "nginx:1.15.5")
            .put("terminationMessagePath", "/dev/termination-log")
            .put("imagePullPolicy", "IfNotPresent");
    return new JsonObject()
        .put("metadata", metadata)
        .put("spec", new JsonObject().put("containers", new JsonArray().add(container)))
        .put("status", new JsonObject().put("phase", "Pending").put("qosClass", "BestEffort"));
  }
}
