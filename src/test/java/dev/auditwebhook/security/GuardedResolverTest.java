package dev.auditwebhook.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.security.UrlPolicy.Destination;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class GuardedResolverTest {

  private static final Destination NAME = UrlPolicy.vet("http://siem.example/", true);

  private final Queue<Future<List<InetAddress>>> answers = new ArrayDeque<>();
  private final List<String> asked = new ArrayList<>();
  private long now = 1_000_000;
  private final GuardedResolver guarded = guarded(true);

  private GuardedResolver guarded(boolean allowPrivateNetworks) {
    return new GuardedResolver(
        host -> {
          asked.add(host);
          return answers.remove();
        },
        allowPrivateNetworks,
        () -> now);
  }

  private void answer(String... addresses) {
    answers.add(
        Future.succeededFuture(List.of(addresses).stream().map(GuardedResolverTest::ip).toList()));
  }

  private static InetAddress ip(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void attemptsTakeTheAddressesInTurn() {
    answer("203.0.113.1", "203.0.113.2");
    assertThat(guarded.addressFor(NAME, 0).result()).isEqualTo(ip("203.0.113.1"));
    assertThat(guarded.addressFor(NAME, 1).result()).isEqualTo(ip("203.0.113.2"));
    assertThat(guarded.addressFor(NAME, 2).result()).isEqualTo(ip("203.0.113.1"));
    assertThat(asked).containsExactly("siem.example");
  }

  @Test
  void namesDoNotDisplaceEachOther() {
    Destination other = UrlPolicy.vet("http://archive.example/", true);
    answer("203.0.113.1");
    answer("203.0.113.2");
    for (int i = 0; i < 3; i++) {
      assertThat(guarded.addressFor(NAME, 0).result()).isEqualTo(ip("203.0.113.1"));
      assertThat(guarded.addressFor(other, 0).result()).isEqualTo(ip("203.0.113.2"));
    }
    assertThat(asked).containsExactly("siem.example", "archive.example");
  }

  @Test
  void oneForbiddenAddressRefusesTheName() {
    answer("203.0.113.1", "169.254.169.254");
    assertThat(guarded.addressFor(NAME, 0).cause())
        .isInstanceOf(ForbiddenAddressException.class)
        .hasMessage("forbidden address 169.254.169.254");
  }

  @Test
  void aNameThatFlipsToAForbiddenAddressNeverGetsThere() {
    answer("203.0.113.1");
    answer("169.254.169.254");
    assertThat(guarded.addressFor(NAME, 0).result()).isEqualTo(ip("203.0.113.1"));
    now += GuardedResolver.REUSE - 1;
    assertThat(guarded.addressFor(NAME, 0).result()).isEqualTo(ip("203.0.113.1"));
    now += 1;
    assertThat(guarded.addressFor(NAME, 0).failed()).isTrue();
  }

  @Test
  void aLookUpThatHangsIsSharedForAMomentOnly() {
    Promise<List<InetAddress>> lost = Promise.promise();
    answers.add(lost.future());
    answer("203.0.113.1");
    assertThat(guarded.addressFor(NAME, 0).isComplete()).isFalse();
    now += GuardedResolver.PATIENCE - 1;
    assertThat(guarded.addressFor(NAME, 0).isComplete()).isFalse();
    now += 1;
    assertThat(guarded.addressFor(NAME, 0).result()).isEqualTo(ip("203.0.113.1"));
    assertThat(asked).hasSize(2);
  }

  @Test
  void failuresAreNotKept() {
    answers.add(Future.failedFuture(new UnknownHostException("siem.example")));
    answer("203.0.113.1");
    assertThat(guarded.addressFor(NAME, 0).cause()).isInstanceOf(UnknownHostException.class);
    assertThat(guarded.addressFor(NAME, 0).succeeded()).isTrue();
  }

  @Test
  void aNameWithoutAnyAddressIsAFailure() {
    answer();
    assertThat(guarded.addressFor(NAME, 0).failed()).isTrue();
  }

  @Test
  void privateAddressesBehindAPublicNameAreRefusedWhenNotAllowed() {
    answer("127.0.0.1");
    assertThat(guarded(false).addressFor(NAME, 0).cause())
        .hasMessage("forbidden address 127.0.0.1");
  }

  @Test
  void aLiteralIsNotLookedUp() {
    assertThat(guarded.addressFor(UrlPolicy.vet("http://127.1/", true), 5).result())
        .isEqualTo(ip("127.0.0.1"));
    assertThat(asked).isEmpty();
  }
}
