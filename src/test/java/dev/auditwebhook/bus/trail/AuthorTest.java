package dev.auditwebhook.bus.trail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.WebhookAddresses;
import io.vertx.core.MultiMap;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthorTest {

  @Test
  void isWhomTheHeadersName() {
    MultiMap headers =
        MultiMap.caseInsensitiveMultiMap()
            .add(WebhookAddresses.PRINCIPAL, "ops")
            .add(WebhookAddresses.PEER, "10.0.0.5 (CN=billing)");
    assertThat(Author.of(headers)).hasToString("ops from 10.0.0.5 (CN=billing)");
  }

  @Test
  void isTheBusWithoutHeaders() {
    assertThat(Author.of(MultiMap.caseInsensitiveMultiMap())).hasToString("bus");
    assertThat(new Author(" ", "")).isEqualTo(new Author(null, null));
  }

  @Test
  void isTheHostWhereThatGuardsTheRoutesAndGivesNoName() {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().add(WebhookAddresses.PEER, "10.0.0.5");
    assertThat(Author.of(headers)).hasToString("host from 10.0.0.5");
  }

  @ParameterizedTest
  @CsvSource({
    "'ops\nTrail: set by admin', opsTrail: set by admin",
    "'ops\u0000\u001b[31m', ops[31m",
    "'a\u202eb\u2028c\u2029d\u0085e\u200bf', abcdef",
    "'\ud800ops', ops",
  })
  void isOneLineThatShowsAllThatIsInIt(String given, String shown) {
    assertThat(new Author(given, given)).isEqualTo(new Author(shown, shown));
    assertThat(new Author(given, null).principal()).isEqualTo(shown);
  }

  @Test
  void isNoLongerThanAHundredCharacters() {
    String longName = "\ud83d\ude00".repeat(101);
    assertThat(new Author(longName, longName).principal()).isEqualTo(longName.substring(2));
    assertThat(new Author(longName, longName).peer()).hasSize(200);
  }

  @Test
  void goesAlongToAnotherNode() {
    for (Author author : new Author[] {new Author("ops", "10.0.0.5"), new Author("ops", null)}) {
      Request request = new Request(new JsonObject().put("url", ""), author);
      JsonObject sent = new JsonObject(request.toJson().encode());
      assertThat(Request.fromJson(sent)).isEqualTo(request);
    }
  }
}
