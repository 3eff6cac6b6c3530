package dev.auditwebhook.endpoint.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.AuthOptions;
import dev.auditwebhook.BatchOptions;
import dev.auditwebhook.CircuitOptions;
import dev.auditwebhook.EndpointOptions;
import dev.auditwebhook.endpoint.ledger.Pending;
import dev.auditwebhook.endpoint.ledger.Straggler;
import dev.auditwebhook.testing.Events;
import dev.auditwebhook.testing.LogLines;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

  private static final long NOW = 1_000_000;

  private static final String ONE = secret("one");
  private static final String TWO = secret("two");
  private static final String THREE = secret("three");
  private static final String FOUR = secret("four");
  private static final String NINE = secret("nine");

  private final EndpointOptions configured =
      new EndpointOptions().setUrl("http://a/").setSecrets(List.of(ONE, TWO));

  private JsonObject stored;
  private int changes;

  private static String secret(String text) {
    byte[] key = Arrays.copyOf(text.getBytes(StandardCharsets.UTF_8), 24);
    return "whsec_" + Base64.getEncoder().encodeToString(key);
  }

  private Settings settings(EndpointOptions configured) {
    stored = new JsonObject();
    return new Settings("siem", configured, stored, NOW, () -> changes++);
  }

  /** What was stored goes through JSON, as a store may have it. */
  private Settings afterRestart(EndpointOptions configured) {
    stored = new JsonObject(stored.encode());
    return new Settings("siem", configured, stored, NOW, () -> changes++);
  }

  private static Pending tried(int attempts, long since) {
    return Pending.of(new Straggler(Events.event(1), attempts, since));
  }

  @Test
  void startsWithTheConfiguration() {
    Settings settings = settings(configured);
    assertThat(settings.url()).isEqualTo("http://a/");
    assertThat(settings.signing(NOW)).containsExactly(ONE, TWO);
    assertThat(settings.initialBackoff()).isEqualTo(1000);
    assertThat(settings.pausedFor()).isNull();
  }

  @Test
  void aNewSecretIsFirstAndTheFormerOnesEndAfterADay() {
    Settings settings = settings(configured);
    settings.secret(THREE, NOW);
    settings.secret(FOUR, NOW + 1);
    assertThat(settings.signing(NOW + 2)).containsExactly(FOUR, THREE, ONE, TWO);
    assertThat(settings.nextExpiry(NOW + 2)).isEqualTo(NOW + Settings.ROTATION);
    assertThat(settings.signing(NOW + Settings.ROTATION)).containsExactly(FOUR, THREE);
    assertThat(settings.signing(NOW + 1 + Settings.ROTATION)).containsExactly(FOUR);
    assertThat(settings.nextExpiry(NOW + 1 + Settings.ROTATION)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aNewSecretThatRevokesTheFormerOnesIsAloneAtOnceAndStaysSo() {
    Settings settings = settings(configured);
    settings.secret(THREE, NOW);
    settings.revise(new Revision(null, FOUR, true, null, null), NOW + 1);
    assertThat(settings.signing(NOW + 1)).containsExactly(FOUR);
    assertThat(settings.nextExpiry(NOW + 1)).isEqualTo(Long.MAX_VALUE);
    assertThat(afterRestart(configured).signing(NOW + 1)).containsExactly(FOUR);
  }

  @Test
  void theSameSecretAgainIsNotHeldTwice() {
    Settings settings = settings(configured);
    settings.secret(TWO, NOW);
    assertThat(settings.signing(NOW)).containsExactly(TWO, ONE);
  }

  @Test
  void aValueHoldsWhileTheConfiguredOneIsUnchanged() {
    Settings settings = settings(configured);
    settings.url("http://b/", NOW);
    settings.secret(THREE, NOW);
    settings.initialBackoff(5);

    Settings same = afterRestart(configured);
    assertThat(same.url()).isEqualTo("http://b/");
    assertThat(same.signing(NOW)).containsExactly(THREE, ONE, TWO);
    assertThat(same.initialBackoff()).isEqualTo(5);

    Settings edited =
        afterRestart(
            new EndpointOptions()
                .setUrl("http://c/")
                .setSecrets(List.of(NINE))
                .setInitialBackoff(7));
    assertThat(edited.url()).isEqualTo("http://c/");
    assertThat(edited.signing(NOW)).containsExactly(NINE);
    assertThat(edited.initialBackoff()).isEqualTo(7);
  }

  @Test
  void aPauseIsKeptWithItsReasonUntilItIsEnded() {
    Settings settings = settings(configured);
    settings.pause("410 Gone from http://a");

    Settings later = afterRestart(configured);
    assertThat(later.pausedFor()).isEqualTo("410 Gone from http://a");
    later.resume();
    assertThat(later.pausedFor()).isNull();
    assertThat(afterRestart(configured).pausedFor()).isNull();
  }

  @Test
  void anotherUrlEndsAPauseWhetherSetOrConfigured() {
    Settings settings = settings(configured);
    settings.pause("410 Gone from http://a");
    assertThat(afterRestart(new EndpointOptions().setUrl("http://c/")).pausedFor()).isNull();
    settings.url("http://b/", NOW);
    assertThat(settings.pausedFor()).isNull();
  }

  @Test
  void attemptsCountOnlyAtTheUrlInForce() {
    Settings settings = settings(configured);
    Pending tried = tried(2, NOW + 10);
    assertThat(settings.counts(tried)).isTrue();

    settings.url("", NOW + 20);
    assertThat(settings.counts(tried)).as("nowhere is no other URL").isTrue();
    settings.url("http://b/", NOW + 20);
    assertThat(settings.counts(tried)).isFalse();
    assertThat(settings.counts(tried(0, NOW + 10))).as("there are none to forget").isTrue();
    assertThat(settings.counts(tried(1, NOW + 21))).isTrue();

    Settings later = afterRestart(configured);
    assertThat(later.counts(tried)).as("after a restart").isFalse();
    assertThat(later.counts(tried(1, NOW + 21))).isTrue();
  }

  @Test
  void aUrlConfiguredAfterADisableIsAnotherOne() {
    Settings settings = settings(configured);
    Pending tried = tried(2, NOW);
    settings.url("", NOW);

    Settings edited = afterRestart(new EndpointOptions().setUrl("http://c/"));

    assertThat(edited.counts(tried)).isFalse();
  }

  @Test
  void eachChangeIsTold() {
    Settings settings = settings(configured);
    List<Runnable> all =
        List.of(
            () -> settings.url("http://b/", NOW),
            () -> settings.secret(THREE, NOW),
            () -> settings.initialBackoff(5),
            () -> settings.pause("paused by request"),
            settings::resume);
    for (Runnable change : all) {
      int before = changes;
      change.run();
      assertThat(changes).isEqualTo(before + 1);
    }
  }

  @Test
  void whereThereIsNoUrlNothingIsPaused() {
    Settings settings = settings(configured);
    settings.url("", NOW);
    settings.pause("410 Gone from http://a");
    assertThat(settings.pausedFor()).isNull();
  }

  /** The options of an endpoint that was replaced as a whole. */
  private static EndpointOptions other() {
    return new EndpointOptions()
        .setUrl("http://b/")
        .setHeaders(Map.of("Authorization", "Splunk 1"))
        .setFormat("splunk-hec")
        .setFormatOptions(new JsonObject().put("index", "main"))
        .setActions(List.of("user.*"))
        .setMaxAttempts(9)
        .setMaxInFlight(2)
        .setQueueCapacity(50)
        .setBatch(new BatchOptions().setMaxEvents(100))
        .setCircuitBreaker(new CircuitOptions().setMaxFailures(3));
  }

  private static JsonObject json(EndpointOptions options) {
    return new JsonObject(options.toJson().encode());
  }

  @Test
  void whatIsPutTakesThePlaceOfAllOptions() {
    Settings settings = settings(configured);
    settings.put(other(), NOW);
    assertThat(json(settings.options())).isEqualTo(json(other()).put("secrets", configured()));
    assertThat(settings.signing(NOW)).as("it has none").isEmpty();
    assertThat(settings.puts()).isEqualTo(1);

    assertThat(json(afterRestart(configured).options()))
        .as("after a restart")
        .isEqualTo(json(other()).put("secrets", configured()));
    assertThat(afterRestart(configured).signing(NOW)).isEmpty();
  }

  /** Those of the options in force are not those that sign. */
  private static JsonArray configured() {
    return new JsonArray(List.of(ONE, TWO));
  }

  @Test
  void anEditedValueWinsAndTheOthersStay() {
    for (String key : List.of("maxAttempts", "actions", "maxInFlight", "url", "queueCapacity")) {
      Settings settings = settings(configured);
      settings.put(other(), NOW);
      Object edited =
          switch (key) {
            case "actions" -> new JsonArray().add("node.*");
            case "url" -> "http://c/";
            default -> 77;
          };

      Settings later = afterRestart(new EndpointOptions(configured.toJson().put(key, edited)));

      JsonObject options = json(later.options());
      assertThat(options.getValue(key)).as(key).isEqualTo(edited);
      for (String same : List.of("maxAttempts", "actions", "maxInFlight", "url", "queueCapacity")) {
        if (!same.equals(key)) {
          assertThat(options.getValue(same)).as(same).isEqualTo(json(other()).getValue(same));
        }
      }
    }
  }

  @Test
  void theLastWordWinsWhetherItWasPutSetOrEdited() {
    Settings settings = settings(configured);
    settings.put(other().setInitialBackoff(5), NOW);
    settings.initialBackoff(6);
    settings.url("http://d/", NOW);
    settings.secret(THREE, NOW);
    assertThat(settings.initialBackoff()).isEqualTo(6);
    assertThat(settings.options().getMaxAttempts()).isEqualTo(9);

    Settings later = afterRestart(configured);
    assertThat(later.initialBackoff()).isEqualTo(6);
    assertThat(later.url()).isEqualTo("http://d/");
    assertThat(later.signing(NOW)).containsExactly(THREE);

    later.put(other().setInitialBackoff(7).setSecrets(List.of(FOUR)), NOW);
    assertThat(later.initialBackoff()).isEqualTo(7);
    assertThat(later.url()).isEqualTo("http://b/");
    assertThat(later.signing(NOW)).as("a put rotates nothing").containsExactly(FOUR);

    Settings edited = afterRestart(new EndpointOptions(configured).setInitialBackoff(8));
    assertThat(edited.initialBackoff()).isEqualTo(8);
    assertThat(edited.signing(NOW)).containsExactly(FOUR);
    assertThat(edited.options().getMaxAttempts()).isEqualTo(9);
  }

  @Test
  void aValueThatWasEditedIsNotForgottenWhenItIsEditedBack() {
    Settings settings = settings(configured);
    settings.put(other(), NOW);
    afterRestart(new EndpointOptions(configured).setMaxAttempts(5));
    assertThat(afterRestart(configured).options().getMaxAttempts())
        .as("the edit was the later word")
        .isEqualTo(3);
  }

  @Test
  void whatIsPutAsItIsConfiguredFollowsTheConfiguration() {
    Settings settings = settings(configured);
    settings.put(other(), NOW);
    settings.put(configured, NOW);
    assertThat(settings.signing(NOW)).containsExactly(ONE, TWO);
    Settings edited = afterRestart(new EndpointOptions(configured).setMaxInFlight(5));
    assertThat(json(edited.options()))
        .isEqualTo(json(new EndpointOptions(configured).setMaxInFlight(5)));
  }

  @Test
  void anotherUrlThatIsPutEndsAPauseAndTheSameOneDoesNot() {
    Settings settings = settings(configured);
    settings.pause("paused by request");
    settings.put(new EndpointOptions(configured).setMaxAttempts(5), NOW);
    assertThat(settings.pausedFor()).isEqualTo("paused by request");
    settings.put(other(), NOW);
    assertThat(settings.pausedFor()).isNull();
  }

  @Test
  void attemptsAtTheUrlThatWasReplacedDoNotCount() {
    Settings settings = settings(configured);
    settings.put(new EndpointOptions(configured).setMaxAttempts(5), NOW + 10);
    assertThat(settings.counts(tried(2, NOW + 5))).as("at the same URL").isTrue();
    settings.put(other(), NOW + 20);
    assertThat(settings.counts(tried(2, NOW + 5))).isFalse();
    assertThat(afterRestart(configured).counts(tried(2, NOW + 5))).isFalse();
  }

  @Test
  void anEndpointThatWasMadeAtRunTimeStaysAsItWasPut() {
    Settings made = settings(null);
    assertThat(made.url()).isEmpty();
    made.put(other().setSecrets(List.of(THREE)).setSignatureHeader("X-Sig"), NOW);

    Settings later = afterRestart(null);
    assertThat(later.options().getSignatureHeader()).isEqualTo("X-Sig");
    assertThat(later.options().getMaxAttempts()).isEqualTo(9);
    assertThat(later.signing(NOW)).containsExactly(THREE);
    assertThat(later.url()).isEqualTo("http://b/");
    assertThat(Remains.wasConfigured(stored)).isFalse();
  }

  @Test
  void theConfigurationOfAnEndpointThatWasMadeAtRunTimeIsALaterWordOnAllOfIt() {
    Settings made = settings(null);
    made.put(other().setSecrets(List.of(THREE)).setSignatureHeader("X-Sig"), NOW);

    Settings named = afterRestart(configured);

    assertThat(json(named.options())).isEqualTo(json(configured));
    assertThat(named.signing(NOW)).containsExactly(ONE, TWO);
    assertThat(named.credentialsUrl()).isEqualTo("http://a/");
  }

  @Test
  void itIsKnownWhetherTheLastConfigurationNamedAnEndpoint() {
    settings(configured);
    assertThat(Remains.wasConfigured(new JsonObject(stored.encode()))).isTrue();
    assertThat(Remains.wasConfigured(new JsonObject())).isFalse();
  }

  @Test
  void aRemovedEndpointStaysRemovedUntilItsConfigurationIsEdited() {
    JsonObject left = new JsonObject(Remains.ofRemoved(configured).encode());
    assertThat(Remains.isRemoved(left, configured)).isTrue();
    assertThat(Remains.isRemoved(left, new EndpointOptions(configured).setMaxInFlight(5)))
        .isFalse();
    assertThat(Remains.isRemoved(new JsonObject(), configured)).isFalse();
  }

  @Test
  void anOptionThatCameWithALaterVersionBringsNoRemovedEndpointBack() {
    JsonObject left = new JsonObject(Remains.ofRemoved(configured).encode());
    left.getJsonObject("removed").remove("compression");
    assertThat(Remains.isRemoved(left, configured)).isTrue();
    assertThat(Remains.isRemoved(left, new EndpointOptions(configured).setCompression("gzip")))
        .isFalse();
  }

  @Test
  void credentialsAreForTheUrlThatTheyWerePutWith() {
    Settings settings = settings(configured);
    assertThat(settings.credentialsUrl()).isEqualTo("http://a/");
    settings.put(other(), NOW);
    assertThat(settings.credentialsUrl()).isEqualTo("http://b/");
    settings.url("http://evil/", NOW);
    assertThat(settings.credentialsUrl()).as("a URL by itself gets none").isEqualTo("http://b/");
    assertThat(afterRestart(configured).credentialsUrl()).isEqualTo("http://b/");
  }

  @Test
  void configuredCredentialsAreForTheConfiguredUrlAloneThoughAnotherOneWasPutWithThem() {
    Settings settings = settings(configured);
    settings.put(other(), NOW);
    Settings edited =
        afterRestart(
            new EndpointOptions(configured).setHeaders(Map.of("Authorization", "Bearer 2")));
    assertThat(edited.url()).isEqualTo("http://b/");
    assertThat(edited.options().getHeaders()).containsEntry("Authorization", "Bearer 2");
    assertThat(edited.credentialsUrl()).isEqualTo("http://a/");
  }

  @Test
  void headersThatWerePutStayWithTheUrlThatTheyWerePutWith() {
    Settings settings = settings(configured);
    settings.put(other(), NOW);
    Settings edited = afterRestart(new EndpointOptions(configured).setUrl("http://c/"));
    assertThat(edited.url()).isEqualTo("http://c/");
    assertThat(edited.options().getHeaders()).containsEntry("Authorization", "Splunk 1");
    assertThat(edited.credentialsUrl()).isEqualTo(other().getUrl());
  }

  @Test
  void headersThatWerePutAndACertificateThatWasEditedSinceGoNowhere() {
    Settings settings = settings(configured);
    settings.put(other(), NOW);
    EndpointOptions edit =
        new EndpointOptions(configured).setClient(new JsonObject().put("trustAll", true));
    assertThat(afterRestart(edit).credentialsUrl()).isNull();
  }

  @Test
  void optionsThatSayTheSameAreInForce() {
    Settings settings = settings(configured);
    assertThat(settings.areInForce(configured)).isTrue();
    settings.put(other(), NOW);
    assertThat(settings.areInForce(other())).isTrue();
    assertThat(settings.areInForce(other().setSecrets(List.of("another")))).isTrue();
    assertThat(settings.areInForce(other().setMaxInFlight(7))).isFalse();
    settings.url("http://c/", NOW);
    assertThat(settings.areInForce(other())).isFalse();
    assertThat(settings.areInForce(other().setUrl("http://c/"))).isFalse();
  }

  private static final JsonObject LABELS =
      new JsonObject().put("labels", new JsonObject().put("job", "audit"));

  @Test
  void formatAndFormatOptionsAreEditedEachByItself() {
    Settings settings = settings(configured);
    settings.put(other(), NOW);
    EndpointOptions edit =
        new EndpointOptions(configured).setFormat("loki").setFormatOptions(LABELS);
    EndpointOptions edited = afterRestart(edit).options();
    assertThat(edited.getFormat()).isEqualTo("loki");
    assertThat(edited.getFormatOptions()).isEqualTo(LABELS);
    assertThat(edited.getBatch().getMaxEvents()).isEqualTo(100);
  }

  @Test
  void whatAnEditLeavesThatIsNotValidTogetherGivesWay() {
    EndpointOptions splunk = other();
    EndpointOptions datadog = other().setFormat("datadog").setFormatOptions(new JsonObject());
    for (EndpointOptions edit :
        List.of(
            new EndpointOptions(configured).setFormat("otlp"),
            new EndpointOptions(configured).setBatch(new BatchOptions().setMaxEvents(5_000)))) {
      Settings settings = settings(configured);
      settings.put(edit.getFormat().equals("otlp") ? splunk : datadog, NOW);

      EndpointOptions edited = afterRestart(edit).options();

      assertThat(edited.getFormat()).isEqualTo(edit.getFormat());
      assertThat(edited.getFormatOptions()).isEqualTo(edit.getFormatOptions());
      assertThat(edited.getBatch().getMaxEvents()).isEqualTo(edit.getBatch().getMaxEvents());
      assertThat(edited.getMaxAttempts()).as("the rest stays").isEqualTo(9);
      assertThat(json(afterRestart(edit).options())).as("for good").isEqualTo(json(edited));
    }
  }

  @Test
  void headersThatAnEditLeavesBesideATokenGiveWayWithTheirUrl() {
    EndpointOptions withToken = new EndpointOptions(configured).setAuth(token("one"));
    Settings settings = settings(withToken);
    settings.put(other(), NOW);
    EndpointOptions edit = new EndpointOptions(configured).setAuth(token("two"));

    Settings edited = afterRestart(edit);

    assertThat(edited.options().getAuth().getClientSecret()).isEqualTo("two");
    assertThat(edited.options().getHeaders()).isEmpty();
    assertThat(edited.credentialsUrl()).isEqualTo("http://a/");
    assertThat(edited.options().getFormat()).as("the rest stays").isEqualTo(other().getFormat());
    assertThat(json(afterRestart(edit).options())).as("for good").isEqualTo(json(edited.options()));
  }

  @Test
  void aTokenThatAnEditLeavesBesideAHeaderGivesWay() {
    Settings settings = settings(configured);
    settings.put(new EndpointOptions(configured).setAuth(token("one")), NOW);
    Map<String, String> header = Map.of("Authorization", "Bearer 2");
    Settings edited = afterRestart(new EndpointOptions(configured).setHeaders(header));
    assertThat(edited.options().getAuth()).isNull();
    assertThat(edited.options().getHeaders()).isEqualTo(header);
  }

  private static AuthOptions token(String secret) {
    return new AuthOptions()
        .setTokenUrl("http://id/")
        .setClientId("client")
        .setClientSecret(secret);
  }

  @Test
  void aPutIsToldOnce() {
    Settings settings = settings(configured);
    int before = changes;
    settings.put(other(), NOW);
    assertThat(changes).isEqualTo(before + 1);
  }

  /** Where a URL that is set may lead. */
  @Nested
  class AllowedOrigins {

    private final EndpointOptions narrow =
        new EndpointOptions()
            .setUrl("https://a.example/in")
            .setAllowedOrigins(List.of("https://B.example:443/", "http://c.example:8080"));

    @ParameterizedTest
    @ValueSource(
        strings = {
          "https://a.example/other",
          "https://b.example/in?x=y",
          "https://b.example.:443",
          "http://c.example:8080/"
        })
    void areTheseAndThatOfTheConfiguredUrl(String url) {
      settings(narrow).checkUrl(url);
    }

    @ParameterizedTest
    @CsvSource({
      "http://a.example/in, http://a.example",
      "https://a.example:8443/in, https://a.example:8443",
      "https://b.example.evil.example/in, https://b.example.evil.example",
      "https://evil.example/https://b.example, https://evil.example",
      "http://c.example/, http://c.example"
    })
    void areNoOthers(String url, String origin) {
      assertThatThrownBy(() -> settings(narrow).checkUrl(url))
          .hasMessage(origin + " is not an origin of allowedOrigins");
    }

    @Test
    void areAllWhereNoneIsNamed() {
      settings(configured).checkUrl("https://b.example/in");
    }

    @Test
    void areThatOfTheUrlThatWasPutBesideThem() {
      Settings settings = settings(configured);
      settings.put(new EndpointOptions(narrow).setUrl("https://d.example/in"), NOW);
      settings.checkUrl("https://d.example/other");
      assertThatThrownBy(() -> settings.checkUrl("http://a/")).hasMessageContaining("http://a is ");
      afterRestart(configured).checkUrl("https://d.example/other");
      assertThat(afterRestart(configured).url()).isEqualTo("https://d.example/in");
    }

    @Test
    void areThatOfTheUrlThatWasPutWithTheSameOnes() {
      Settings settings = settings(narrow);
      settings.put(new EndpointOptions(narrow).setUrl("https://d.example/in"), NOW);
      assertThat(afterRestart(narrow).url()).isEqualTo("https://d.example/in");
    }

    @Test
    void letAUrlGiveWayThatWasSetBeforeTheyWereConfigured() {
      Settings settings = settings(new EndpointOptions(narrow).setAllowedOrigins(List.of()));
      settings.url("https://d.example/in?key=S3CRET", NOW);
      settings.initialBackoff(7);
      try (LogLines log = new LogLines()) {
        Settings now = afterRestart(narrow);
        assertThat(now.url()).isEqualTo("https://a.example/in");
        assertThat(now.initialBackoff()).isEqualTo(7);
        assertThat(log.all())
            .containsExactly(
                "WARN Endpoint siem: the URL that was set at run time is refused: https://d.example is"
                    + " not an origin of allowedOrigins; https://a.example takes its place");
      }
    }

    @Test
    void letAUrlGiveWayThatWasPutBeforeTheyWereConfigured() {
      EndpointOptions wide = new EndpointOptions(narrow).setAllowedOrigins(List.of());
      Settings settings = settings(wide);
      settings.put(new EndpointOptions(wide).setUrl("https://d.example/in"), NOW);
      assertThat(afterRestart(wide).url()).isEqualTo("https://d.example/in");
      Settings now = afterRestart(narrow);
      assertThat(now.url()).isEqualTo("https://a.example/in");
      assertThatThrownBy(() -> now.checkUrl("https://d.example/in")).hasMessageContaining("not an");
    }

    @Test
    void letAUrlStayThatIsOneOfThem() {
      Settings settings = settings(new EndpointOptions(narrow).setAllowedOrigins(List.of()));
      settings.url("https://b.example/in", NOW);
      assertThat(afterRestart(narrow).url()).isEqualTo("https://b.example/in");
    }
  }

  /** Whether it must be https. */
  @Nested
  class RequiredHttps {

    private final EndpointOptions https =
        new EndpointOptions().setUrl("https://a.example/in").setRequireHttps(true);

    @Test
    void refusesAUrlThatIsNot() {
      settings(https).checkUrl("HTTPS://b.example/in");
      assertThatThrownBy(() -> settings(https).checkUrl("http://a.example/in"))
          .hasMessage("must begin with https://, as requireHttps is true");
    }

    @Test
    void letsAUrlGiveWayThatWasSetBefore() {
      Settings settings = settings(new EndpointOptions(https).setRequireHttps(false));
      settings.url("http://d.example/in", NOW);
      settings.initialBackoff(7);
      Settings now = afterRestart(https);
      assertThat(now.url()).isEqualTo("https://a.example/in");
      assertThat(now.initialBackoff()).isEqualTo(7);
    }

    @Test
    void letsATokenGiveWayThatWasPutBefore() {
      Settings settings = settings(new EndpointOptions(https).setRequireHttps(false));
      AuthOptions plain =
          new AuthOptions()
              .setTokenUrl("http://idp.example/")
              .setClientId("a")
              .setClientSecret("b");
      settings.put(new EndpointOptions().setUrl("https://d.example/in").setAuth(plain), NOW);
      Settings now = afterRestart(https);
      assertThat(now.url()).isEqualTo("https://d.example/in");
      assertThat(now.options().getAuth()).isNull();
    }

    @Test
    void givesWayItselfToATokenThatWasConfiguredSince() {
      Settings settings = settings(new EndpointOptions(https).setRequireHttps(false));
      settings.put(https, NOW);
      AuthOptions plain =
          new AuthOptions()
              .setTokenUrl("http://idp.example/")
              .setClientId("a")
              .setClientSecret("b");
      Settings now = afterRestart(new EndpointOptions(https).setRequireHttps(false).setAuth(plain));
      assertThat(now.options().getAuth()).isNotNull();
      assertThat(now.options().isRequireHttps()).isFalse();
    }

    @Test
    void givesWayItselfToAUrlThatWasConfiguredSince() {
      Settings settings = settings(configured);
      settings.put(https, NOW);
      Settings now = afterRestart(new EndpointOptions(configured).setUrl("http://b/"));
      assertThat(now.url()).isEqualTo("http://b/");
      assertThat(now.options().isRequireHttps()).isFalse();
    }
  }

  /** What was set at run time and is not valid any more beside what is configured. */
  @Nested
  class GivingWay {

    private static final String TWO_READINGS = "http://fa\u00df.example/in?key=S3CRET";

    private final EndpointOptions plain = new EndpointOptions().setUrl("http://a.example/");

    private EndpointOptions token(String tokenUrl) {
      return new EndpointOptions(plain)
          .setAuth(
              new AuthOptions()
                  .setTokenUrl(tokenUrl)
                  .setClientId("client")
                  .setClientSecret("S3CRET"));
    }

    private static EndpointOptions put() {
      return new EndpointOptions()
          .setUrl("https://b.example/in")
          .setHeaders(Map.of("Authorization", "Bearer S3CRET"));
    }

    private void put(EndpointOptions before, EndpointOptions put) {
      settings(before).put(put, NOW);
    }

    /** With the lines that it logs. */
    private Settings afterRestart(EndpointOptions edit, String... lines) {
      try (LogLines log = new LogLines()) {
        Settings settings = SettingsTest.this.afterRestart(edit);
        assertThat(log.all()).containsExactly(lines);
        return settings;
      }
    }

    private static String line(String keys) {
      return "WARN Endpoint siem: what was set at run time is not valid beside what is configured by"
          + " now, which takes its place: "
          + keys;
    }

    private static String urlLine(String why, String now) {
      return "WARN Endpoint siem: the URL that was set at run time is refused: "
          + why
          + "; "
          + now
          + " takes its place";
    }

    @Test
    void headersGiveWayToATokenAndRequiredHttpsStays() {
      put(plain, put().setRequireHttps(true).setSignatureHeader("X-Sig"));

      Settings now = afterRestart(token("https://id.example/"), line("headers"));

      assertThat(now.options().getAuth()).isNotNull();
      assertThat(now.options().getHeaders()).isEmpty();
      assertThat(now.options().getSignatureHeader()).isEqualTo("X-Sig");
      assertThat(now.url()).isEqualTo("https://b.example/in");
      assertThat(now.credentialsUrl()).as("the token is for").isEqualTo("http://a.example/");
      assertThatThrownBy(() -> now.checkUrl("http://evil.example/"))
          .hasMessage("must begin with https://, as requireHttps is true");
    }

    @Test
    void theSignatureHeaderGivesWayToATokenAndHeadersStay() {
      Map<String, String> headers = Map.of("X-Tenant", "blue");
      put(plain, put().setHeaders(headers).setSignatureHeader("authorization"));
      Settings now = afterRestart(token("https://id.example/"), line("signatureHeader"));
      assertThat(now.options().getSignatureHeader()).isNull();
      assertThat(now.options().getHeaders()).isEqualTo(headers);
      assertThat(now.credentialsUrl()).as("each of another origin").isNull();
    }

    @Test
    void requiredHttpsGivesWayToATokenUrlWithoutAndHeadersStay() {
      Map<String, String> headers = Map.of("X-Tenant", "blue");
      put(plain, put().setHeaders(headers).setRequireHttps(true));
      Settings now = afterRestart(token("http://id.example/"), line("requireHttps"));
      assertThat(now.options().isRequireHttps()).isFalse();
      assertThat(now.options().getHeaders()).isEqualTo(headers);
      assertThat(now.url()).isEqualTo("https://b.example/in");
    }

    @Test
    void aTokenGivesWayToRequiredHttpsAndAllElseStaysWithItsUrl() {
      EndpointOptions https = new EndpointOptions().setUrl("https://a.example/");
      Map<String, String> headers = Map.of("X-Tenant", "blue");
      put(
          https,
          token("http://id.example/")
              .setUrl("https://b.example/in")
              .setHeaders(headers)
              .setSignatureHeader("X-Sig"));

      Settings now = afterRestart(https.setRequireHttps(true), line("auth"));

      assertThat(now.options().getAuth()).isNull();
      assertThat(now.options().getHeaders()).isEqualTo(headers);
      assertThat(now.options().getSignatureHeader()).isEqualTo("X-Sig");
      assertThat(now.url()).isEqualTo("https://b.example/in");
      assertThat(now.credentialsUrl()).isEqualTo("https://b.example/in");
      afterRestart(https);
    }

    @Test
    void theConfiguredTokenThatTakesThePlaceOfOneThatWasPutDoesNotGoToItsUrl() {
      EndpointOptions https = token("https://id.example/").setUrl("https://a.example/");
      put(https, token("http://id.example/").setUrl("https://b.example/in"));

      Settings now = afterRestart(https.setRequireHttps(true), line("auth"));

      assertThat(now.options().getAuth().getTokenUrl()).isEqualTo("https://id.example/");
      assertThat(now.url()).isEqualTo("https://b.example/in");
      assertThat(now.credentialsUrl()).isEqualTo("https://a.example/");
      assertThat(afterRestart(https).credentialsUrl()).isEqualTo("https://a.example/");
    }

    @Test
    void aUrlThatWasPutBesideUnchangedAllowedOriginsStaysWhenItsHeadersGiveWay() {
      List<String> origins = List.of("https://c.example");
      put(plain.setAllowedOrigins(origins), put().setAllowedOrigins(origins));
      Settings now = afterRestart(token("https://id.example/"), line("headers"));
      assertThat(now.url()).isEqualTo("https://b.example/in");
      now.checkUrl("https://b.example/other");
    }

    @Test
    void aUrlGivesWayToRequiredHttpsAndALineSaysSo() {
      EndpointOptions https = new EndpointOptions().setUrl("https://a.example/");
      settings(https).url("http://b.example/in?key=S3CRET", NOW);
      afterRestart(
          https.setRequireHttps(true), urlLine(EndpointOptions.HTTPS_ONLY, "https://a.example"));
    }

    @Test
    void whereAnotherNodeRunsTheEndpointThatNodeSaysSo() {
      put(plain, put());
      try (LogLines log = new LogLines()) {
        Settings there = Settings.ofAnother("siem", token("https://id.example/"), stored, NOW);
        assertThat(there.options().getHeaders()).isEmpty();
        assertThat(log.all()).isEmpty();
      }
    }

    @Test
    void requiredHttpsGivesWayWhereItsUrlDoesToOneWithout() {
      put(plain, put().setRequireHttps(true));
      Settings now =
          afterRestart(
              plain.setAllowedOrigins(List.of("https://c.example")),
              urlLine("https://b.example is not an origin of allowedOrigins", "http://a.example"),
              line("requireHttps"));
      assertThat(now.url()).isEqualTo("http://a.example/");
      assertThat(now.credentialsUrl()).isEqualTo("https://b.example/in");
    }

    /** As an earlier build kept it. */
    private JsonObject kept(String key) {
      return stored.getJsonObject("set").getJsonObject(key);
    }

    @Test
    void aUrlStaysThatWasPutBeforeAllowedOriginsWereKeptWithIt() {
      List<String> origins = List.of("https://c.example");
      put(null, put().setAllowedOrigins(origins));
      kept("credentialsUrl").remove("allowedOrigins");
      assertThat(afterRestart(null, new String[0]).url()).isEqualTo("https://b.example/in");
    }

    @Test
    void aUrlThatWasPutBeforeAllowedOriginsWereKeptGivesWayOnceTheyAreEdited() {
      EndpointOptions before = new EndpointOptions().setUrl("https://a.example/");
      put(before, put());
      kept("credentialsUrl").remove("allowedOrigins");
      afterRestart(before, new String[0]);
      Settings now =
          afterRestart(
              before.setAllowedOrigins(List.of("https://c.example")),
              urlLine("https://b.example is not an origin of allowedOrigins", "https://a.example"));
      assertThat(now.url()).isEqualTo("https://a.example/");
    }

    @Test
    void aUrlGivesWayWhoseHostHasTwoReadingsByNow() {
      for (EndpointOptions configured : Arrays.asList(plain, null)) {
        put(configured, put());
        kept("url").put("value", TWO_READINGS);
        kept("credentialsUrl").put("value", TWO_READINGS);

        Settings now =
            afterRestart(
                configured,
                urlLine(
                    "must have a host of one reading: this one is xn--fa-hia.example by UTS 46 and"
                        + " fass.example by IDNA 2003; write the one that is meant",
                    configured == null ? "none" : "http://a.example"));

        assertThat(now.url()).isEqualTo(configured == null ? "" : "http://a.example/");
        assertThat(now.options().getHeaders()).as("these stay").hasSize(1);
        assertThat(now.credentialsUrl()).as("and go nowhere").isNull();
      }
    }

    @Test
    void configuredHeadersGoToTheConfiguredUrlWhereTheOneThatWasPutWithThemHasTwoReadings() {
      plain.setHeaders(Map.of("Authorization", "Bearer 1"));
      put(plain, new EndpointOptions(plain).setUrl("https://b.example/in"));
      kept("credentialsUrl").put("value", TWO_READINGS);
      assertThat(afterRestart(plain, new String[0]).credentialsUrl())
          .isEqualTo("http://a.example/");
    }

    @Test
    void whatNarrowsDoesNotGiveWayAndTheRefusalNamesTheEndpoint() {
      put(null, put().setAllowedOrigins(List.of("https://c.example")));
      kept("allowedOrigins").put("value", new JsonArray().add("http://fa\u00df.example"));
      assertThatThrownBy(() -> SettingsTest.this.afterRestart(null))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("webhook.endpoints.siem.allowedOrigins[0]: must have a host of ")
          .hasMessageEndingWith(
              "; it was set at run time: configure another, and it takes the place of that one");
    }
  }
}
