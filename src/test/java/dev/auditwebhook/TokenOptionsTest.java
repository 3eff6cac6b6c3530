package dev.auditwebhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenOptionsTest {

  private static final String TOKEN = "hunter2-hunter2-hunter2";

  /** {@code printf %s hunter2-hunter2-hunter2 | sha256sum} */
  private static final String SHA_256 =
      "ae71c4cdf5d735963a372732e38e6c3198c25c4cc759e915682f4f04219c077e";

  private static TokenOptions ops() {
    return new TokenOptions().setName("ops").setRole("read").setToken(TOKEN);
  }

  @Test
  void keepsADigestInPlaceOfTheToken() {
    JsonObject json =
        new JsonObject()
            .put("name", "ops")
            .put("role", "ingest")
            .put("token", TOKEN)
            .put("quota", 9);
    TokenOptions options = new TokenOptions(json);
    assertThat(options.getSha256()).isEqualTo(SHA_256);
    assertThat(options.toJson().encode()).doesNotContain("hunter2");
    assertThat(options.toJson())
        .isEqualTo(
            new JsonObject()
                .put("name", "ops")
                .put("role", "ingest")
                .put("sha256", options.getSha256())
                .put("quota", 9));
  }

  @Test
  void goesThroughJsonAndCopiesUnchanged() {
    HttpOptions options = new HttpOptions().setTokens(List.of(ops()));
    assertThat(new HttpOptions(options.toJson()).toJson()).isEqualTo(options.toJson());
    assertThat(new HttpOptions(options).toJson()).isEqualTo(options.toJson());
    assertThat(new TokenOptions(ops()).toJson()).isEqualTo(ops().toJson());
  }

  @Test
  void laterChangesOfATokenDoNotReachTheOptions() {
    TokenOptions token = ops();
    HttpOptions options = new HttpOptions().addToken(token);
    HttpOptions copy = new HttpOptions(options);
    token.setRole("admin");
    options.getTokens().get(0).setRole("admin");
    options.addToken(ops().setName("other"));
    assertThat(copy.getTokens()).hasSize(1);
    assertThat(options.getTokens().get(0).getRole()).isEqualTo("read");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'role':'read','token':'T'              | name: must be 1 to 63 letters, digits, dots, underscores and hyphens, a letter or digit first",
        "'name':'-a','role':'read','token':'T'  | name: must be 1 to 63 letters, digits, dots, underscores and hyphens, a letter or digit first",
        "'name':'a b','role':'read','token':'T' | name: must be 1 to 63 letters, digits, dots, underscores and hyphens, a letter or digit first",
        "'name':'admin','role':'read','token':'T' | name: admin and ingest are the names of adminToken and ingestToken",
        "'name':'ingest','role':'ingest','token':'T' | name: admin and ingest are the names of adminToken and ingestToken",
        "'name':'a','token':'T'                 | role: must be metrics, ingest, read, operate or admin",
        "'name':'a','role':'READ','token':'T'   | role: must be metrics, ingest, read, operate or admin",
        "'name':'a','role':7,'token':'T'        | role: must be a string, was 7",
        "'name':'a','role':'read'               | sha256: one of sha256 and token is needed, and not both",
        "'name':'a','role':'read','token':'T','sha256':'S' | sha256: one of sha256 and token is needed, and not both",
        "'name':'a','role':'read','token':null  | token: must be a string, was null",
        "'name':'a','role':'read','token':'hunter2' | token: must have at least 20 characters",
        "'name':'a','role':'read','sha256':'S0' | sha256: must be 64 hexadecimal digits in lower case",
        "'name':'a','role':'read','sha256':'X'  | sha256: must be 64 hexadecimal digits in lower case",
        "'name':'a','role':'ingest','token':'T','quota':0 | quota: must be a whole number from 1 to 1000000, was 0",
        "'name':'a','role':'ingest','token':'T','quota':1000001 | quota: must be a whole number from 1 to 1000000, was 1000001",
        "'name':'a','role':'read','token':'T','quota':5 | quota: has no meaning for the role read, which posts no entries",
        "'name':'a','role':'read','token':'T','rate':5 | rate: unknown key",
      })
  void refusesBadValuesInOneLineThatNamesTheKey(String json, String message) {
    String text =
        json.replace("'T'", "'" + TOKEN + "'")
            .replace("'S", "'" + SHA_256)
            .replace("'X'", "'" + SHA_256.toUpperCase() + "'")
            .replace('\'', '"');
    JsonArray tokens = JsonArray.of(ops().toJson(), new JsonObject("{" + text + "}"));
    assertThatThrownBy(() -> new HttpOptions(new JsonObject().put("tokens", tokens)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("http.tokens[1]." + message)
        .hasMessageNotContaining("hunter2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"hunter2", "hunter2-hunter2-hunter2 ", "hunter2-hunter2-hünter2"})
  void aBadTokenIsRefusedAtOnceAndNotShown(String token) {
    assertThatThrownBy(() -> new TokenOptions().setToken(token))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("unter2");
  }

  @Test
  void tokensAreAnArrayOfObjects() {
    assertThatThrownBy(() -> new HttpOptions(new JsonObject().put("tokens", new JsonObject())))
        .hasMessage("http.tokens: must be an array, was an object");
    assertThatThrownBy(() -> new HttpOptions(new JsonObject().put("tokens", JsonArray.of("a"))))
        .hasMessage("http.tokens[0]: must be a JSON object, was a string");
  }

  @Test
  void twoOfANameAreValidAtOnceAndNoMore() {
    HttpOptions options = new HttpOptions().addToken(ops()).addToken(ops().setToken(TOKEN + 2));
    options.check();
    assertThatThrownBy(() -> options.addToken(ops().setToken(TOKEN + 3)).check())
        .hasMessage("http.tokens[2]: there are two of its name already");
  }

  @Test
  void twoOfANameMayDoTheSame() {
    HttpOptions roles =
        new HttpOptions().addToken(ops()).addToken(ops().setToken(TOKEN + 2).setRole("admin"));
    assertThatThrownBy(roles::check)
        .hasMessage(
            "http.tokens[1]: must have the role and the quota of the other one of its name");
  }

  @Test
  void oneTokenHasOneHolder() {
    HttpOptions twice = new HttpOptions().addToken(ops()).addToken(ops().setName("other"));
    assertThatThrownBy(twice::check).hasMessage("http.tokens[1]: is there twice");
    HttpOptions admin = new HttpOptions().setAdminToken(TOKEN).addToken(ops());
    assertThatThrownBy(admin::check).hasMessage("http.tokens[0]: must not be the adminToken");
    HttpOptions ingest = new HttpOptions().setIngestToken(TOKEN).addToken(ops());
    assertThatThrownBy(ingest::check).hasMessage("http.tokens[0]: must not be the ingestToken");
  }

  @Test
  void whereAHostGuardsThereAreNoTokens() {
    HttpOptions open = new HttpOptions().setAdminToken(null).addToken(ops());
    assertThatThrownBy(open::check)
        .hasMessage("http.tokens: have no meaning without an adminToken");
  }
}
