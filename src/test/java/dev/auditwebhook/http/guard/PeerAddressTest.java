package dev.auditwebhook.http.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.net.SocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeerAddressTest {

  private static String of(String address) {
    return PeerAddress.of(SocketAddress.inetSocketAddress(40_000, address));
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.5, 10.0.0.5, true",
    "10.0.0.5, 10.0.0.6, false",
    "2001:db8::1, 2001:db8::ffff:ffff:ffff:ffff, true",
    "2001:db8::1, 2001:db8:0:1::1, false",
    "::ffff:10.0.0.5, ::ffff:10.0.0.6, false"
  })
  void tellsPeersApart(String one, String other, boolean same) {
    assertThat(of(one).equals(of(other))).isEqualTo(same);
  }

  @Test
  void thoseWithoutAnAddressAreOne() {
    assertThat(PeerAddress.of(SocketAddress.domainSocketAddress("/tmp/x")))
        .isEqualTo(PeerAddress.of(null));
  }
}
