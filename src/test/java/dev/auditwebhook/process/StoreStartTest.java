package dev.auditwebhook.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.testing.ScriptedReceiver;
import dev.auditwebhook.testing.WebhookExtension;
import dev.auditwebhook.testing.Webhooks;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.StringDataType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a start makes of the path of its store, and of what it finds there. */
class StoreStartTest {

  @RegisterExtension final WebhookExtension webhook = new WebhookExtension();
  private final ScriptedReceiver receiver = webhook.receiver();

  private Path data() {
    return webhook.directory().resolve("data");
  }

  private WebhookOptions onDisk(Path path) {
    return Webhooks.onDisk(webhook.options(), path);
  }

  private String failureOf(WebhookOptions options) {
    return catchThrowable(() -> webhook.deployAnother(options)).getMessage();
  }

  /** The one line in which the service ends that is started with this path. */
  private String failureOfService(Path path, String classPath) throws Exception {
    JsonObject store = new JsonObject().put("type", "file").put("path", path.toString());
    Path conf =
        Files.writeString(
            webhook.directory().resolve("service.json"),
            new JsonObject()
                .put("webhook", new JsonObject().put("store", store))
                .put("http", new JsonObject().put("port", 0))
                .encode());
    try (JarProcess process =
        JarProcess.start(
            webhook.directory(),
            Map.of(),
            List.of(),
            List.of("-cp", classPath),
            "serve",
            conf.toString())) {
      assertThat(process.exitStatus()).as(process.err()).isEqualTo(1);
      assertThat(process.out()).isEmpty();
      assertThat(process.err().lines()).hasSize(1);
      return process.err().strip();
    }
  }

  @Test
  void aSecondProcessIsRefusedAndTheFirstGoesOn() throws Exception {
    webhook.deploy(onDisk(data()));

    assertThat(failureOfService(data(), System.getProperty("java.class.path")))
        .isEqualTo("webhook.store.path: " + data() + " is in use by another process");

    webhook.publish(3);
    assertThat(webhook.awaitSettled(3).delivered()).isEqualTo(3);
  }

  @Test
  void aSecondWebhookOfTheSameProcessIsRefusedAndTheLockStays() throws Exception {
    webhook.deploy(onDisk(data()));

    assertThat(failureOf(onDisk(data()).setAddress("other").setEntryAddress("other.entry")))
        .isEqualTo(
            "webhook.store.path: " + data() + " is in use by another webhook of this process");

    assertThat(failureOfService(data(), System.getProperty("java.class.path")))
        .endsWith("is in use by another process");
    webhook.publish(3);
    assertThat(webhook.awaitSettled(3).delivered()).isEqualTo(3);
  }

  @Test
  void withoutTheLibraryItSaysWhichOneIsMissing() throws Exception {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("h2-mvstore"))
            .collect(Collectors.joining(File.pathSeparator));

    assertThat(failureOfService(data(), classPath))
        .isEqualTo(
            "webhook.store.type: \"file\" needs com.h2database:h2-mvstore on the class path");
  }

  @Test
  void aPathThatIsAFile() throws Exception {
    Files.createFile(data());

    assertThat(failureOf(onDisk(data())))
        .isEqualTo("webhook.store.path: " + data() + " is a file, it must be a directory");
    assertThat(failureOf(onDisk(data().resolve("below"))))
        .startsWith("webhook.store.path: " + data().resolve("below") + " cannot be made: ");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aDirectoryThatCannotBeWrittenTo() throws Exception {
    assertThat(failureOf(onDisk(Path.of("/proc/webhook"))))
        .startsWith("webhook.store.path: /proc/webhook cannot be made: ");

    Files.createDirectory(
        data(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-x------")));
    assumeThat(Files.isWritable(data())).as("permission bits bind this user").isFalse();
    assertThat(failureOf(onDisk(data())))
        .isEqualTo("webhook.store.path: " + data() + " cannot be written to");
  }

  @Test
  void theFormerFormatIsNamedAndTheFileLeftAlone() throws Exception {
    webhook.deploy(onDisk(data()));
    webhook.undeploy();
    Path file = data().resolve("events.mv");
    try (MVStore store = MVStore.open(file.toString())) {
      MVMap<String, byte[]> facts =
          store.openMap(
              "facts",
              new MVMap.Builder<String, byte[]>()
                  .keyType(StringDataType.INSTANCE)
                  .valueType(ByteArrayDataType.INSTANCE));
      byte[] one = facts.get("format");
      one[4] = '1';
      java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
      crc.update(one, 4, 1);
      java.nio.ByteBuffer.wrap(one).putInt((int) crc.getValue());
      facts.put("format", one);
    }
    byte[] before = Files.readAllBytes(file);

    assertThat(failureOf(onDisk(data())))
        .isEqualTo(
            "webhook.store.path: " + file + " has format 1, and this version reads format 3");

    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void aDamagedStoreIsSetAsideAndSaidInStateAndReadiness() throws Exception {
    receiver.stop();
    webhook.deploy(onDisk(data()));
    webhook.publish(5);
    webhook.awaitState(state -> state.received() == 5);
    webhook.undeploy();
    byte[] bytes = Files.readAllBytes(data().resolve("events.mv"));
    Arrays.fill(bytes, 0, bytes.length, (byte) 7);
    Files.write(data().resolve("events.mv"), bytes);
    receiver.start();

    webhook.deploy(onDisk(data()));

    String warning = webhook.state().warning();
    assertThat(warning).startsWith("the store was damaged and is begun anew; ");
    assertThat(Files.readAllBytes(Path.of(warning.split(" kept as ")[1]))).isEqualTo(bytes);
    assertThat(webhook.request("webhook.ready", new JsonObject()).getBoolean("ready")).isTrue();
    assertThat(webhook.request("webhook.health", new JsonObject()).encode())
        .isEqualTo("{\"healthy\":false,\"reasons\":[\"store_set_aside\"]}");
    webhook.publish(1);
    assertThat(webhook.awaitSettled(1).delivered()).isEqualTo(1);
  }
}
