package dev.auditwebhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpOptionsTest {

  @Test
  void hasTheDefaultsOfTheContract() {
    JsonObject defaults =
        new JsonObject(
            """
            {"enabled": true, "host": "127.0.0.1", "port": 8080, "adminToken": "",
             "ingestToken": null, "tokens": [], "server": {}, "allowPlaintext": false,
             "address": "webhook", "entryAddress": "audit.entry"}
            """);
    assertThat(new HttpOptions().toJson()).isEqualTo(defaults);
    assertThat(new HttpOptions(new JsonObject()).toJson()).isEqualTo(defaults);
    assertThat(new HttpOptions(defaults).toJson()).isEqualTo(defaults);
  }

  @Test
  void goesThroughJsonAndCopiesUnchanged() {
    HttpOptions options =
        new HttpOptions()
            .setEnabled(false)
            .setHost("::1")
            .setPort(0)
            .setAdminToken("the-token-of-the-administrator")
            .setIngestToken("the-token-of-the-producers")
            .setServer(new JsonObject().put("tcpNoDelay", true))
            .setAllowPlaintext(true)
            .setAddress("other")
            .setEntryAddress("other.entry");
    assertThat(new HttpOptions(options.toJson()).toJson()).isEqualTo(options.toJson());
    assertThat(new HttpOptions(options).toJson()).isEqualTo(options.toJson());
    assertThat(new HttpOptions(new JsonObject().putNull("adminToken")).getAdminToken()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"port\":\"80\"}      | http.port: must be a whole number from 0 to 65535, was a string",
        "{\"port\":65536}       | http.port: must be a whole number from 0 to 65535, was 65536",
        "{\"port\":-1}          | http.port: must be a whole number from 0 to 65535, was -1",
        "{\"port\":null}        | http.port: must be a whole number from 0 to 65535, was null",
        "{\"prot\":1}           | http.prot: unknown key",
        "{\"enabled\":\"yes\"}  | http.enabled: must be true or false, was a string",
        "{\"host\":\"\"}        | http.host: must be a host name or an address, was empty",
        "{\"host\":null}        | http.host: must be a string, was null",
        "{\"ingestToken\":\"\"} | http.ingestToken: must not be empty (null for none)",
        "{\"address\":\"\"}     | http.address: must not be empty",
        "{\"entryAddress\":\"\"}| http.entryAddress: must not be empty",
        "{\"adminToken\":7}     | http.adminToken: must be a string, was 7"
      })
  void refusesBadValuesInOneLineThatNamesTheKey(String json, String message) {
    assertThatThrownBy(() -> new HttpOptions(new JsonObject(json)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"host\":\"h\"} | http.server.host: is not allowed here",
        "{\"port\":1} | http.server.port: is not allowed here",
        "{\"idleTimeout\":0} | http.server.idleTimeout: is not allowed here",
        "{\"maxHeaderSize\":1000000} | http.server.maxHeaderSize: is not allowed here",
        "{\"http2ClearTextEnabled\":true} | http.server.http2ClearTextEnabled: is not allowed here",
        "{\"decompressionSupported\":true} | http.server.decompressionSupported: is not allowed here",
        "{\"logActivity\":true} | http.server.logActivity: is not allowed here",
        "{\"sls\":true} | http.server.sls: unknown key",
        "{\"ssl\":\"true\"} | http.server.ssl: has a value of a wrong type",
        "{\"ssl\":true} | http.server.ssl: needs a certificate and its key, as pemKeyCertOptions",
        "{\"pemKeyCertOptions\":{}} | http.server.ssl: must be true where there are pemKeyCertOptions",
        "{\"pemTrustOptions\":{}} | http.server.ssl: must be true where there are pemTrustOptions",
        "{\"ssl\":true,\"pemKeyCertOptions\":{},\"enabledCipherSuites\":[\"NOPE\"]}"
            + " | http.server.enabledCipherSuites: has a name that this Java does not know",
        "{\"ssl\":true,\"pemKeyCertOptions\":{},\"enabledCipherSuites\":[\"TLS_AES_128_GCM_SHA256\"],\"enabledSecureTransportProtocols\":[\"TLSv1.2\"]}"
            + " | http.server.enabledCipherSuites: leaves nothing that this Java uses",
        "{\"ssl\":true,\"pemKeyCertOptions\":{},\"enabledSecureTransportProtocols\":[\"NOPE\"]}"
            + " | http.server.enabledSecureTransportProtocols: leaves nothing that this Java uses",
        "{\"ssl\":true,\"pemKeyCertOptions\":{},\"enabledSecureTransportProtocols\":[\"TLSv1\"]}"
            + " | http.server.enabledSecureTransportProtocols: leaves nothing that this Java uses",
        "{\"ssl\":true,\"pemKeyCertOptions\":{},\"clientAuth\":\"WHATEVER\"}"
            + " | http.server.clientAuth: has an unknown value",
        "{\"ssl\":true,\"pemKeyCertOptions\":{\"certpath\":\"x\"}} | http.server.pemKeyCertOptions.certpath: unknown key",
        "{\"ssl\":true,\"pemKeyCertOptions\":{\"certPath\":7}} | http.server.pemKeyCertOptions.certPath: must be a string, was 7",
        "{\"ssl\":true,\"pemKeyCertOptions\":7} | http.server.pemKeyCertOptions: must be a JSON object, was a number",
        "{\"ssl\":true,\"pemKeyCertOptions\":{},\"pfxKeyCertOptions\":{}} | http.server.pfxKeyCertOptions: there are other keys",
        "{\"ssl\":true,\"pemKeyCertOptions\":{},\"clientAuth\":\"REQUIRED\"} | http.server.clientAuth: needs to know whom to trust, as pemTrustOptions"
      })
  void refusesAServerThatWouldNotBeGuarded(String server, String message) {
    assertThatThrownBy(
            () -> new HttpOptions(new JsonObject().put("server", new JsonObject(server))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "get",
        "set",
        "dlq",
        "dlq.redrive",
        "dlq.purge",
        "test",
        "attempts",
        "ready",
        "health"
      })
  void refusesToTakeEntriesOnAnAddressOfTheModule(String name) {
    HttpOptions options = new HttpOptions().setAddress("w").setEntryAddress("w." + name);
    assertThatThrownBy(options::check)
        .hasMessage("http.entryAddress: must not be an address of the webhook itself");
  }

  @Test
  void showsNoTokenInItsRefusals() {
    for (String bad : new String[] {"hunter2 x", "hunter2\n", "hunter2\u00e9", "hunter2"}) {
      assertThatThrownBy(() -> new HttpOptions().setAdminToken(bad).check())
          .hasMessageStartingWith("http.adminToken: ")
          .hasMessageNotContaining("hunter2");
      assertThatThrownBy(() -> new HttpOptions().setIngestToken(bad).check())
          .hasMessageStartingWith("http.ingestToken: ")
          .hasMessageNotContaining("hunter2");
    }
    String token = "hunter2-hunter2-hunter2";
    HttpOptions same = new HttpOptions().setAdminToken(token).setIngestToken(token);
    assertThatThrownBy(same::check).hasMessage("http.ingestToken: must not be the adminToken");
    HttpOptions open = new HttpOptions().setAdminToken(null).setIngestToken(token);
    assertThatThrownBy(open::check)
        .hasMessage("http.ingestToken: has no meaning without an adminToken");
  }
}
