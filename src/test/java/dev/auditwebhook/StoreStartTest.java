package dev.auditwebhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.auditwebhook.testing.WebhookTest;
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

/** What a start makes of the path of its store, and of what it finds there. */
class StoreStartTest extends WebhookTest {

  private Path data() {
    return directory.resolve("data");
  }

  private WebhookOptions onDisk(Path path) {
    return options()
        .setStore(new StoreOptions().setType(StoreOptions.FILE).setPath(path.toString()));
  }

  private String failureOf(WebhookOptions options) {
    try {
      result(vertx.deployVerticle(new WebhookVerticle(options)));
    } catch (RuntimeException e) {
      return e.getMessage();
    }
    throw new AssertionError("it started");
  }

  /** The one line in which the service ends that is started with this path. */
  private String failureOfService(Path path, String classPath) throws Exception {
    JsonObject store = new JsonObject().put("type", "file").put("path", path.toString());
    Path conf =
        Files.writeString(
            directory.resolve("service.json"),
            new JsonObject()
                .put("webhook", new JsonObject().put("store", store))
                .put("http", new JsonObject().put("port", 0))
                .encode());
    try (JarProcess process =
        JarProcess.start(
            directory, Map.of(), List.of(), List.of("-cp", classPath), "serve", conf.toString())) {
      assertThat(process.exitStatus()).as(process.err()).isEqualTo(1);
      assertThat(process.out()).isEmpty();
      assertThat(process.err().lines()).hasSize(1);
      return process.err().strip();
    }
  }

  @Test
  void aSecondProcessIsRefusedAndTheFirstGoesOn() throws Exception {
    deploy(onDisk(data()));

    assertThat(failureOfService(data(), System.getProperty("java.class.path")))
        .isEqualTo("webhook.store.path: " + data() + " is in use by another process");

    publish(3);
    assertThat(awaitSettled(3).delivered()).isEqualTo(3);
  }

  @Test
  void aSecondWebhookOfTheSameProcessIsRefusedAndTheLockStays() throws Exception {
    deploy(onDisk(data()));

    assertThat(failureOf(onDisk(data()).setAddress("other").setEntryAddress("other.entry")))
        .isEqualTo(
            "webhook.store.path: " + data() + " is in use by another webhook of this process");

    assertThat(failureOfService(data(), System.getProperty("java.class.path")))
        .endsWith("is in use by another process");
    publish(3);
    assertThat(awaitSettled(3).delivered()).isEqualTo(3);
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
  void anotherFormatIsNamedAndTheFileLeftAlone() throws Exception {
    deploy(onDisk(data()));
    undeploy();
    Path file = data().resolve("events.mv");
    try (MVStore store = MVStore.open(file.toString())) {
      MVMap<String, byte[]> facts =
          store.openMap(
              "facts",
              new MVMap.Builder<String, byte[]>()
                  .keyType(StringDataType.INSTANCE)
                  .valueType(ByteArrayDataType.INSTANCE));
      byte[] two = facts.get("format");
      two[4] = '2';
      java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
      crc.update(two, 4, 1);
      java.nio.ByteBuffer.wrap(two).putInt((int) crc.getValue());
      facts.put("format", two);
    }
    byte[] before = Files.readAllBytes(file);

    assertThat(failureOf(onDisk(data())))
        .isEqualTo(
            "webhook.store.path: " + file + " has format 2, and this version reads format 1");

    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void aDamagedStoreIsSetAsideAndSaidInStateAndReadiness() throws Exception {
    receiver.stop();
    deploy(onDisk(data()));
    publish(5);
    awaitState(state -> state.received() == 5);
    undeploy();
    byte[] bytes = Files.readAllBytes(data().resolve("events.mv"));
    Arrays.fill(bytes, 0, bytes.length, (byte) 7);
    Files.write(data().resolve("events.mv"), bytes);
    receiver.start();

    deploy(onDisk(data()));

    String warning = state().json().getString("warning");
    assertThat(warning).startsWith("the store was damaged and is begun anew; ");
    assertThat(Files.readAllBytes(Path.of(warning.split(" kept as ")[1]))).isEqualTo(bytes);
    assertThat(request("webhook.ready", new JsonObject()).getBoolean("ready")).isTrue();
    assertThat(request("webhook.health", new JsonObject()).encode())
        .isEqualTo("{\"healthy\":false,\"reasons\":[\"store_set_aside\"]}");
    publish(1);
    assertThat(awaitSettled(1).delivered()).isEqualTo(1);
  }
}
