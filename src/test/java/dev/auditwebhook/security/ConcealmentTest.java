package dev.auditwebhook.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConcealmentTest {

  private static final Redaction REDACTION = new Redaction(List.of("ssn"));

  private static Concealment url(String pathAndQuery) {
    return new Concealment().url(UrlPolicy.vet("https://siem.example" + pathAndQuery, true));
  }

  private static Concealment details(Object details) {
    return new Concealment().details(REDACTION, details);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/v1/in/Tr0ub4dor            | no hook Tr0ub4dor in v1        | no hook <redacted> in v1",
        "/v1/in/Tr0ub4dor            | POST /v1/in/Tr0ub4dor HTTP/1.1 | POST <redacted> HTTP/1.1",
        "/v1/Tr0ub4dor?key=s3cr&n=12 | POST /v1/Tr0ub4dor?key=s3cr&n=12 | POST <redacted>",
        "/v1/Tr0ub4dor?key=s3cr&n=12 | n is 12, key is s3cr           | n is 12, key is <redacted>",
        "/v1/in?s3cr                 | what is s3cr?                  | what is <redacted>?",
        "?key=s3cr                   | what is s3cr?                  | what is <redacted>?",
        "/k%2Fe%2Fyes                | k/e/yes, k%2Fe%2Fyes, k%2fe%2fyes | <redacted>, <redacted>, <redacted>",
        "/in?q=a+b%20c               | a b c, a+b%20c, a+b+c          | <redacted>, <redacted>, <redacted>",
        "/in?q=%zz%4                 | %zz%4                          | <redacted>",
        "/schlüssel                  | schlüssel, schl%C3%BCssel      | <redacted>, <redacted>",
        "/hooks/in                   | no hooks for in                | no hooks for in",
        "/in                         | you sent POST /in              | you sent POST /in"
      })
  void pathAndQuery(String pathAndQuery, String answered, String shown) {
    assertThat(url(pathAndQuery).conceal(answered, false)).isEqualTo(shown);
  }

  @Test
  void aHeaderWholeAndInItsParts() {
    Concealment concealment = new Concealment().header("Basic c2llbTpw ab");
    assertThat(concealment.conceal("got Basic c2llbTpw ab", false)).isEqualTo("got <redacted>");
    assertThat(concealment.conceal("c2llbTpw, not ab", false)).isEqualTo("<redacted>, not ab");
  }

  @Test
  void whatIsRedactedInTheDetailsAtAnyDepth() {
    JsonObject details =
        new JsonObject()
            .put("user", "mara")
            .put("Password", "hunter2")
            .put("list", new JsonArray().add(new JsonObject().put("ssn", 123456789L)))
            .put(
                "secret", new JsonObject().put("pin", 48151).put("n", new JsonArray().add("xyzzy")))
            .put("token", new BigDecimal("1E+10"));
    assertThat(details(details).conceal("not valid: " + details.encode(), false))
        .isEqualTo(
            "not valid: {\"user\":\"mara\",\"Password\":\"<redacted>\","
                + "\"list\":[{\"ssn\":<redacted>}],"
                + "\"secret\":{\"pin\":<redacted>,\"n\":[\"<redacted>\"]},\"token\":<redacted>}");
    assertThat(details(details).conceal("10000000000 or 1.0E10", false))
        .isEqualTo("<redacted> or <redacted>");
  }

  @Test
  void aNumberWithAVastExponentTakesNoMemory() {
    Object token = new BigDecimal("1E-999999999");
    assertThat(details(new JsonObject().put("token", token)).conceal("1E-999999999!", false))
        .isEqualTo("<redacted>!");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\"b\\c/d", "zwölf <b> & 'c'", "line\nbreak\u0001", "key \uD83D\uDD11"})
  void inWhateverFormItIsEchoed(String secret) {
    Concealment concealment = details(new JsonObject().put("password", secret));
    String json = Json.encode(secret);
    for (String echo :
        List.of(
            "[" + secret + "]",
            "[" + json + "]",
            "[" + json.replace("/", "\\/") + "]",
            "[" + Json.encode(json) + "]",
            "[" + URLEncoder.encode(secret, StandardCharsets.UTF_8) + "]",
            "[" + URLEncoder.encode(secret, StandardCharsets.UTF_8).replace("+", "%20") + "]",
            "[" + ascii(json) + "]",
            "[" + secret.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") + "]")) {
      assertThat(concealment.conceal(echo, false))
          .as(echo)
          .matches("\\[[\\\\\"]*<redacted>[\\\\\"]*]");
    }
  }

  /** As Go, .NET, Gson, PHP and others write it, one within the other too. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Tr0ub&dor-horse     | Tr0ub\\u0026dor-horse",
        "abcd+efgh+secret==  | abcd\\u002Befgh\\u002Bsecret==",
        "abcd=efgh=secret    | abcd\\u003defgh\\u003Dsecret",
        "abcd/efgh           | abcd\\/efgh",
        "abcd'efgh           | abcd\\'efgh",
        "abcd'efgh           | abcd\\x27efgh",
        "abcd/efgh           | abcd%2fefgh",
        "abcd efgh           | abcd+efgh",
        "abcd+efgh           | abcd efgh",
        "abcdefgh            | %61%62%63%64%65%66%67%68",
        "schlüssel           | schl%C3%bcssel",
        "schlüssel           | schl%FCssel",
        "schlüssel           | schl\\u00FCssel",
        "schlüssel           | schl&#252;ssel",
        "abcd&efgh           | abcd&amp;efgh",
        "abcd&'<>\"efgh       | abcd&amp;&apos;&lt;&gt;&quot;efgh",
        "abcd'efgh           | abcd&#39;efgh",
        "abcd'efgh           | abcd&#x27;efgh",
        "abcd'efgh           | abcd&#X00027;efgh",
        "abcd&efgh           | abcd\\u0026amp;efgh",
        "abcd&efgh           | abcd\\\\u0026amp;efgh",
        "abcd\"efgh           | abcd\\\\\\\"efgh",
        "abcd\"efgh           | abcd\\\\\\u0022efgh",
        "abcd/efgh           | abcd%252Fefgh",
        "abcd\\u0041efgh      | abcd\\u0041efgh",
        "abcd\\u0041efgh      | abcd\\\\u0041efgh",
        "abcd%41&amp;efgh    | abcd%2541%26amp%3befgh",
        "abcd%41&amp;efgh    | abcd%41\\u0026amp;efgh"
      })
  void howeverItIsEscaped(String secret, String echo) {
    Concealment concealment = details(new JsonObject().put("password", secret));
    assertThat(concealment.conceal("{\"echo\":\"" + echo + "\"}", false))
        .isEqualTo("{\"echo\":\"<redacted>\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\", "\\u", "\\u002", "%", "%2", "%C3", "%C3%", "&", "&am", "&#3"})
  void aCutWithinAnEscape(String beginning) {
    Concealment concealment = details(new JsonObject().put("password", "hunter&ü/2"));
    assertThat(concealment.conceal("it was hunter" + beginning, true))
        .isEqualTo("it was <redacted>");
    assertThat(concealment.conceal("it was a hint" + beginning, true))
        .isEqualTo("it was a hint" + beginning);
  }

  @Test
  void whatIsEscapedAndNoSecretStaysAsItIs() {
    String answer = "{\"a\":\"\\u0026 100% &amp; \\\\ %zz &#1114112; &uuml; \\q \\u12\"}";
    assertThat(details(new JsonObject().put("password", "hunter2")).conceal(answer, true))
        .isEqualTo(answer);
  }

  @Test
  void amongThousandsOfSecretsEachIsFound() {
    JsonArray secrets = new JsonArray();
    for (int i = 1; i <= 10_000; i++) {
      secrets.add("sk_live_" + i + "&");
    }
    Concealment concealment = details(new JsonObject().put("token", secrets));
    String echo = "sk_live_9999& sk_live_9999\\u0026 sk_live_10001&".repeat(20);
    assertThat(concealment.conceal(echo, false))
        .isEqualTo("<redacted> <redacted> sk_live_10001&".repeat(20));
  }

  @Test
  void withTooManySecretsNothingIsShown() {
    JsonArray secrets = new JsonArray();
    for (int i = 0; i <= 20_000; i++) {
      secrets.add("secret " + i);
    }
    assertThat(details(new JsonObject().put("token", secrets)).conceal("all is well", false))
        .isEqualTo("<redacted>");
  }

  private static String ascii(String text) {
    StringBuilder ascii = new StringBuilder();
    text.chars().forEach(c -> ascii.append(c > 126 ? String.format("\\u%04x", c) : (char) c + ""));
    return ascii.toString();
  }

  @Test
  void theLongestGoesFirstAndOverlapsGoTogether() {
    Concealment concealment =
        details(
            new JsonObject()
                .put("token", "abcd")
                .put("secret", "abcdefgh")
                .put("password", "efghijkl"));
    assertThat(concealment.conceal("<abcdefgh><abcdefghijkl><abcdef>", false))
        .isEqualTo("<<redacted>><<redacted>><<redacted>ef>");
    assertThat(details(new JsonObject().put("token", "redacted")).conceal("redacted!", false))
        .isEqualTo("<redacted>!");
  }

  @Test
  void atACutTheBeginningOfASecretGoesToo() {
    Concealment concealment = details(new JsonObject().put("password", "hunter2 \"x\""));
    assertThat(concealment.conceal("it was hunt", true)).isEqualTo("it was <redacted>");
    assertThat(concealment.conceal("it was hunter2 \\\"", true)).isEqualTo("it was <redacted>");
    assertThat(concealment.conceal("it was hunter2%20%", true)).isEqualTo("it was <redacted>");
    assertThat(concealment.conceal("it was hun", true)).isEqualTo("it was hun");
    assertThat(concealment.conceal("it was hunt", false)).isEqualTo("it was hunt");
    assertThat(concealment.conceal("a hunt is on", true)).isEqualTo("a hunt is on");
  }

  @Test
  void whatIsShortOrNoSecretStays() {
    JsonObject details = new JsonObject().put("pin", "4815").put("password", "abc").put("jwt", 123);
    assertThat(details(details).conceal("4815 abc 123", true)).isEqualTo("4815 abc 123");
    assertThat(details("token").conceal("token", true)).isEqualTo("token");
    assertThat(details(null).conceal("null", true)).isEqualTo("null");
  }

  @Property
  void noSecretIsLeftInAnyEcho(
      @ForAll @StringLength(min = 4, max = 40) String secret, @ForAll String around) {
    Concealment concealment = details(new JsonObject().put("password", secret));
    String shown = concealment.conceal(around + secret + around, true);
    assertThat(shown.replace("<redacted>", "")).doesNotContain(secret);
    assertThat(shown).contains("<redacted>");
  }
}
