package dev.auditwebhook.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.StoreOptions;
import dev.auditwebhook.WebhookOptions;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * {@code conf/kubernetes.yaml}, read strictly: an unknown field or a key that is twice is an error.
 */
class KubernetesTest {

  /** What a stop takes beyond preStop and drainTimeout, in seconds, as the launcher has it. */
  private static final int STOP_MARGIN = 6;

  private static final Map<String, JsonObject> MANIFESTS = read();

  private static Map<String, JsonObject> read() {
    LoaderOptions strictly = new LoaderOptions();
    strictly.setAllowDuplicateKeys(false);
    Map<String, JsonObject> manifests = new LinkedHashMap<>();
    try {
      for (Object manifest :
          new Yaml(new SafeConstructor(strictly))
              .loadAll(Files.readString(Path.of("conf/kubernetes.yaml")))) {
        JsonObject json = new Gson().toJsonTree(manifest).getAsJsonObject();
        assertThat(manifests.put(json.get("kind").getAsString(), json)).isNull();
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return manifests;
  }

  private static JsonElement at(JsonElement json, String path) {
    JsonElement found = json;
    for (String key : path.split("/")) {
      found =
          found.isJsonArray()
              ? found.getAsJsonArray().get(Integer.parseInt(key))
              : found.getAsJsonObject().get(key);
      assertThat(found).as("%s of %s", key, path).isNotNull();
    }
    return found;
  }

  private static JsonElement deployment(String path) {
    return at(MANIFESTS.get("Deployment"), path);
  }

  private static JsonElement pod(String path) {
    return deployment("spec/template/spec/" + path);
  }

  private static JsonElement container(String path) {
    return pod("containers/0/" + path);
  }

  private static JsonObject named(JsonElement list, String name) {
    return StreamSupport.stream(list.getAsJsonArray().spliterator(), false)
        .map(JsonElement::getAsJsonObject)
        .filter(each -> each.get("name").getAsString().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("nothing is named " + name));
  }

  @Test
  void everyManifestIsOneThatKubernetesKnows() throws IOException {
    assertThat(MANIFESTS)
        .containsOnlyKeys(
            "ConfigMap", "Deployment", "Service", "PodDisruptionBudget", "NetworkPolicy");
    V1ConfigMap.validateJsonElement(MANIFESTS.get("ConfigMap"));
    V1Deployment.validateJsonElement(MANIFESTS.get("Deployment"));
    V1Service.validateJsonElement(MANIFESTS.get("Service"));
    V1PodDisruptionBudget.validateJsonElement(MANIFESTS.get("PodDisruptionBudget"));
    V1NetworkPolicy.validateJsonElement(MANIFESTS.get("NetworkPolicy"));
  }

  @Test
  void aMistypedFieldWouldBeSeen() {
    JsonObject mistyped = MANIFESTS.get("Deployment").deepCopy();
    at(mistyped, "spec/template/spec/containers/0/securityContext")
        .getAsJsonObject()
        .addProperty("readOnlyRootFileSystem", true);

    assertThatThrownBy(() -> V1Deployment.validateJsonElement(mistyped))
        .hasMessageContaining("readOnlyRootFileSystem");
  }

  @Test
  void selectorsFindThePods() {
    JsonElement labels = deployment("spec/template/metadata/labels");

    assertThat(deployment("spec/selector/matchLabels")).isEqualTo(labels);
    assertThat(at(MANIFESTS.get("Service"), "spec/selector")).isEqualTo(labels);
    assertThat(at(MANIFESTS.get("PodDisruptionBudget"), "spec/selector/matchLabels"))
        .isEqualTo(labels);
    assertThat(at(MANIFESTS.get("NetworkPolicy"), "spec/podSelector/matchLabels"))
        .isEqualTo(labels);
    for (JsonElement spread : pod("topologySpreadConstraints").getAsJsonArray()) {
      assertThat(at(spread, "labelSelector/matchLabels")).isEqualTo(labels);
    }
  }

  @Test
  void portsAreNamedAlike() {
    assertThat(container("ports/0/name").getAsString()).isEqualTo("https");
    assertThat(at(MANIFESTS.get("Service"), "spec/ports/0/targetPort").getAsString())
        .isEqualTo("https");
    assertThat(at(MANIFESTS.get("NetworkPolicy"), "spec/ingress/0/ports/0/port").getAsString())
        .isEqualTo("https");
    for (String probe : new String[] {"startupProbe", "livenessProbe", "readinessProbe"}) {
      assertThat(container(probe + "/httpGet/port").getAsString()).isEqualTo("https");
      assertThat(container(probe + "/httpGet/scheme").getAsString()).isEqualTo("HTTPS");
    }
  }

  @Test
  void aPodMayNothingThatItNeedsNot() {
    assertThat(pod("securityContext/runAsNonRoot").getAsBoolean()).isTrue();
    assertThat(pod("securityContext/seccompProfile/type").getAsString())
        .isEqualTo("RuntimeDefault");
    assertThat(pod("automountServiceAccountToken").getAsBoolean()).isFalse();
    assertThat(pod("enableServiceLinks").getAsBoolean()).isFalse();
    assertThat(container("securityContext/allowPrivilegeEscalation").getAsBoolean()).isFalse();
    assertThat(container("securityContext/readOnlyRootFilesystem").getAsBoolean()).isTrue();
    assertThat(container("securityContext/capabilities/drop/0").getAsString()).isEqualTo("ALL");
    assertThat(container("resources/limits/memory"))
        .isEqualTo(container("resources/requests/memory"));
    assertThat(named(pod("volumes"), "tmp").has("emptyDir")).isTrue();
  }

  @Test
  void itRunsAsTheUserOfTheImage() throws IOException {
    String user = pod("securityContext/runAsUser").getAsString();
    String group = pod("securityContext/runAsGroup").getAsString();

    assertThat(Files.readString(Path.of("conf/Containerfile")))
        .contains("\nUSER " + user + ":" + group + "\n");
    assertThat(pod("securityContext/fsGroup").getAsString()).isEqualTo(group);
  }

  @Test
  void theImageIsOfThisVersion() throws IOException {
    String version = Files.readString(Path.of("pom.xml")).split("</?version>")[1];

    assertThat(container("image").getAsString()).endsWith("audit-webhook:" + version);
  }

  @Test
  void whatIsMountedIsThere() {
    for (JsonElement mount : container("volumeMounts").getAsJsonArray()) {
      named(pod("volumes"), at(mount, "name").getAsString());
    }
    JsonArray args = container("args").getAsJsonArray();
    assertThat(args.get(0).getAsString()).isEqualTo("serve");
    assertThat(at(MANIFESTS.get("ConfigMap"), "data").getAsJsonObject().keySet())
        .allMatch(file -> args.get(1).getAsString().equals("/conf/" + file));
    for (JsonElement variable : container("env").getAsJsonArray()) {
      if (at(variable, "name").getAsString().endsWith("_FILE")) {
        assertThat(at(variable, "value").getAsString()).startsWith("/secrets/");
      }
    }
  }

  @Test
  void aStopHasTheTimeToDrainAndAStartTheTimeToWaitForTheDatabase() {
    int grace = pod("terminationGracePeriodSeconds").getAsInt();
    int preStop = container("lifecycle/preStop/sleep/seconds").getAsInt();
    int startup =
        container("startupProbe/periodSeconds").getAsInt()
            * container("startupProbe/failureThreshold").getAsInt();

    assertThat(grace)
        .isGreaterThan(preStop + STOP_MARGIN + (int) webhook().getDrainTimeout() / 1_000);
    assertThat(startup).isGreaterThan((int) webhook().getStore().getWaitForDatabase() / 1_000);
  }

  @Test
  void theServiceUnderstandsItsConfigurationAndServesTls() {
    HttpOptions http = new HttpOptions(configuration().getJsonObject("http"));

    assertThat(webhook().getStore().getType()).isEqualTo(StoreOptions.POSTGRES);
    assertThat(http.getHost()).isEqualTo("0.0.0.0");
    assertThat(http.getPort()).isEqualTo(container("ports/0/containerPort").getAsInt());
    assertThat(http.getServer().getBoolean("ssl")).isTrue();
    assertThat(http.isAllowPlaintext()).isFalse();
    assertThat(http.getServer().getJsonObject("pemKeyCertOptions"))
        .allMatch(file -> file.getValue().toString().matches("/tls/tls\\.(key|crt)"));
  }

  /** The file in the ConfigMap, with the URI that a secret has. */
  private static io.vertx.core.json.JsonObject configuration() {
    var file =
        new io.vertx.core.json.JsonObject(
            at(MANIFESTS.get("ConfigMap"), "data/webhook.json").getAsString());
    file.getJsonObject("webhook")
        .getJsonObject("store")
        .put("uri", "postgresql://audit@db.example/audit");
    return file;
  }

  private static WebhookOptions webhook() {
    return new WebhookOptions(configuration().getJsonObject("webhook"));
  }
}
