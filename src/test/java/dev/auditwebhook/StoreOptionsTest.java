package dev.auditwebhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoreOptionsTest {

  private static final String URI = "postgresql://audit:secret@db.example:5432/app";

  private static JsonObject file(String name) throws IOException {
    return new JsonObject(Files.readString(Path.of("conf", name)));
  }

  private static StoreOptions postgres() {
    return new StoreOptions().setType(StoreOptions.POSTGRES).setUri(URI);
  }

  @Test
  void theFileOfTheStoreInPostgresHasItsDefaultsAndElseWhatTheOtherOneHas() throws IOException {
    JsonObject file = file("postgres.json");
    JsonObject store = file.getJsonObject("webhook").getJsonObject("store");

    assertThat(postgres().setUri(store.getString("uri")).toJson()).isEqualTo(store);
    assertThat(new StoreOptions(store).toJson()).isEqualTo(store);
    file.getJsonObject("webhook").put("store", new StoreOptions().toJson());
    assertThat(file).isEqualTo(file("webhook.json"));
  }

  @Test
  void allThatIsSetComesBack() {
    StoreOptions options =
        postgres()
            .setSchema("audit_2")
            .setSyncInterval(7)
            .setMaxEvents(8)
            .setLease(9_000)
            .setWaitForDatabase(0);

    for (StoreOptions each :
        List.of(new StoreOptions(options), new StoreOptions(options.toJson()))) {
      assertThat(each.toJson()).isEqualTo(options.toJson());
      assertThat(each.getUri()).isEqualTo(URI);
      assertThat(each.getSchema()).isEqualTo("audit_2");
      assertThat(each.getSyncInterval()).isEqualTo(7);
      assertThat(each.getMaxEvents()).isEqualTo(8);
      assertThat(each.getLease()).isEqualTo(9_000);
      assertThat(each.getWaitForDatabase()).isZero();
    }
  }

  @Test
  void eachTypeHasItsOwnKeysAlone() {
    assertThat(new StoreOptions().setUri(URI).setPath("data").toJson())
        .isEqualTo(new JsonObject().put("type", "memory"));
    assertThat(new StoreOptions().setType("file").setUri(URI).setPath("data").toJson().fieldNames())
        .containsExactlyInAnyOrder("type", "path", "syncInterval", "maxEvents");
    assertThat(postgres().setPath("data").toJson().fieldNames()).doesNotContain("path");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'type':'postgres'} | uri: must be postgresql://user:password@host:port/database",
        "{'type':'postgres','uri':null} | uri: must be a string, was null",
        "{'type':'postgres','uri':''} | uri: must be postgresql://user:password@host:port/database",
        "{'type':'postgres','uri':'secret'} | uri: must be postgresql://user:password@host:port/database",
        "{'type':'postgres','uri':'postgresql://a b'} | uri: must be postgresql://user:password@host:port/database",
        "{'type':'postgres','uri':'URI','schema':'Audit'} | schema: must have 1 to 63 of a-z, 0-9 and _, and not begin with a digit",
        "{'type':'postgres','uri':'URI','schema':''} | schema: must have 1 to 63 of a-z, 0-9 and _, and not begin with a digit",
        "{'type':'postgres','uri':'URI','schema':'1a'} | schema: must have 1 to 63 of a-z, 0-9 and _, and not begin with a digit",
        "{'type':'postgres','uri':'URI','schema':'a\"b'} | schema: must have 1 to 63 of a-z, 0-9 and _, and not begin with a digit",
        "{'type':'postgres','uri':'URI','lease':999} | lease: must be a whole number from 1000 to 600000, was 999",
        "{'type':'postgres','uri':'URI','lease':600001} | lease: must be a whole number from 1000 to 600000, was 600001",
        "{'type':'postgres','uri':'URI','waitForDatabase':-1} | waitForDatabase: must be a whole number from 0 to 86400000, was -1",
        "{'type':'postgres','uri':'URI','syncInterval':0} | syncInterval: must be a whole number from 1 to 10000, was 0",
        "{'type':'postgres','uri':'URI','path':'data'} | path: unknown key",
        "{'type':'file','path':'data','uri':'URI'} | uri: unknown key",
        "{'type':'file','path':'data','lease':1000} | lease: unknown key",
        "{'type':'memory','schema':'a'} | schema: unknown key",
      })
  void aRefusalIsOneLineThatNamesTheKey(String json, String message) {
    String store = json.replace("\"", "\\\"").replace('\'', '"').replace("URI", URI);
    assertThatThrownBy(() -> new StoreOptions(new JsonObject(store)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("webhook.store." + message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"postgres://audit@db.example", "postgresql://audit:p%40ss@[::1]:5433/a?sslmode=x"})
  void aUriIsTaken(String uri) {
    assertThat(new StoreOptions(postgres().setUri(uri).toJson()).getUri()).isEqualTo(uri);
  }

  @Test
  void aSchemaMayHaveTheLongestNameThatPostgresTakes() {
    String longest = "_" + "a9".repeat(31);
    assertThat(new StoreOptions(postgres().setSchema(longest).toJson()).getSchema())
        .hasSize(63)
        .isEqualTo(longest);
    assertThatThrownBy(() -> new StoreOptions(postgres().setSchema(longest + "a").toJson()))
        .hasMessageStartingWith("webhook.store.schema: ");
  }
}
