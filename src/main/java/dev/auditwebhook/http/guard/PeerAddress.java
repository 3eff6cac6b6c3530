package dev.auditwebhook.http.guard;

import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * What counts as one peer: an IPv4 address, or the network of 64 bits of an IPv6 address, as one
 * host may have all of its addresses.
 */
public final class PeerAddress {

  private static final int IPV6 = 16;

  private PeerAddress() {}

  /** The name of the peer at an address; those without one, as of a domain socket, are one peer. */
  public static String of(SocketAddress address) {
    String host = address == null ? null : address.hostAddress();
    if (host == null || !host.contains(":")) {
      return String.valueOf(host);
    }
    try {
      // An address in numbers is not looked up.
      byte[] bytes = InetAddress.getByName(host).getAddress();
      if (bytes.length == IPV6) {
        Arrays.fill(bytes, IPV6 / 2, IPV6, (byte) 0);
      }
      return InetAddress.getByAddress(bytes).getHostAddress();
    } catch (UnknownHostException e) {
      return host;
    }
  }
}
