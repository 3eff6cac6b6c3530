package dev.auditwebhook.wire.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.testing.SettableClock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** When the token of an endpoint is asked for, and who gets which. */
class TokensTest {

  private static final long HOUR = 3_600_000;

  private final SettableClock clock = new SettableClock();
  private final List<Promise<AccessToken>> asked = new ArrayList<>();
  private final Tokens tokens = new Tokens(this::ask, clock::elapsed);

  private Future<AccessToken> ask() {
    asked.add(Promise.promise());
    return asked.get(asked.size() - 1).future();
  }

  private void grant(int request, String value, long lifetime) {
    asked.get(request - 1).complete(new AccessToken(value, lifetime));
  }

  private void refuse(int request) {
    asked.get(request - 1).fail("no");
  }

  private static String valueOf(Future<AccessToken> token) {
    return token.result().value();
  }

  private String value() {
    return valueOf(tokens.get());
  }

  @Test
  void nobodyAsksBeforeItIsNeeded() {
    assertThat(asked).isEmpty();
  }

  @Test
  void allWhoWaitGetTheSameOne() {
    List<Future<AccessToken>> all = Stream.generate(tokens::get).limit(10).toList();
    grant(1, "a", HOUR);

    assertThat(all).extracting(TokensTest::valueOf).containsOnly("a");
    assertThat(value()).isEqualTo("a");
    assertThat(asked).hasSize(1);
  }

  @Test
  void itIsRenewedAheadOfItsEndAndGoodMeanwhile() {
    tokens.get();
    grant(1, "a", HOUR);
    clock.turn(HOUR - Tokens.MARGIN - 1);
    assertThat(value()).isEqualTo("a");
    assertThat(asked).hasSize(1);

    clock.turn(1);
    assertThat(value()).isEqualTo("a");
    assertThat(value()).isEqualTo("a");
    assertThat(asked).hasSize(2);
    grant(2, "b", HOUR);

    assertThat(value()).isEqualTo("b");
    assertThat(asked).hasSize(2);
  }

  @Test
  void itsLifeBeginsWhenItIsAskedFor() {
    tokens.get();
    clock.turn(10_000);
    grant(1, "a", 10_000);

    assertThat(tokens.get().isComplete()).isFalse();
    assertThat(asked).hasSize(2);
  }

  @Test
  void oneOfShortLifeIsNotRenewedAllTheTime() {
    tokens.get();
    grant(1, "a", 10_000);
    clock.turn(7_999);
    assertThat(value()).isEqualTo("a");
    assertThat(asked).hasSize(1);
    clock.turn(1);
    assertThat(value()).isEqualTo("a");
    assertThat(asked).hasSize(2);
  }

  @Test
  void oneThatHasExpiredIsGivenToNobody() {
    tokens.get();
    grant(1, "a", HOUR);
    clock.turn(HOUR);

    Future<AccessToken> next = tokens.get();

    assertThat(next.isComplete()).isFalse();
    grant(2, "b", HOUR);
    assertThat(valueOf(next)).isEqualTo("b");
  }

  @Test
  void oneOfUnknownLifeIsGoodUntilItIsRefused() {
    tokens.get();
    grant(1, "a", AccessToken.UNLIMITED);
    clock.turn(1_000 * HOUR);

    assertThat(value()).isEqualTo("a");
    assertThat(asked).hasSize(1);
  }

  @Test
  void aRenewalAheadOfTimeThatFailsIsTriedAgainAfterAPause() {
    tokens.get();
    grant(1, "a", HOUR);
    clock.turn(HOUR - Tokens.MARGIN);
    tokens.get();
    refuse(2);

    assertThat(value()).isEqualTo("a");
    assertThat(asked).hasSize(2);
    clock.turn(Tokens.PAUSE);
    assertThat(value()).isEqualTo("a");
    assertThat(asked).hasSize(3);
  }

  @Test
  void whoHasNoneAsksAgainAtOnce() {
    Future<AccessToken> first = tokens.get();
    refuse(1);
    assertThat(first.failed()).isTrue();

    Future<AccessToken> second = tokens.get();
    grant(2, "b", HOUR);

    assertThat(valueOf(second)).isEqualTo("b");
  }

  @Test
  void manyThatAreRefusedTogetherAskOnce() {
    tokens.get();
    grant(1, "a", HOUR);
    AccessToken refused = tokens.get().result();

    List<Future<AccessToken>> early =
        Stream.generate(() -> tokens.insteadOf(refused)).limit(5).toList();
    Future<AccessToken> fresh = tokens.get();
    grant(2, "a", HOUR);
    List<Future<AccessToken>> late =
        Stream.generate(() -> tokens.insteadOf(refused)).limit(5).toList();

    assertThat(asked).hasSize(2);
    assertThat(Stream.of(early, late, List.of(fresh)).flatMap(List::stream))
        .as("the same text, and yet another token")
        .allSatisfy(token -> assertThat(token.result()).isNotSameAs(refused));
  }

  @Test
  void theNewOneMayBeRefusedToo() {
    tokens.get();
    grant(1, "a", HOUR);
    tokens.insteadOf(tokens.get().result());
    grant(2, "b", HOUR);
    tokens.insteadOf(tokens.get().result());

    assertThat(asked).hasSize(3);
  }

  @Test
  void aTokenIsNotReadInALog() {
    assertThat(new AccessToken("t0k3n", HOUR)).hasToString("a token");
  }
}
