package dev.auditwebhook.security;

import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressNetwork.IPAddressGenerator;
import inet.ipaddr.IPAddressString;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which addresses an event may never be sent to. IPv4 that is embedded in IPv6 (mapped, compatible,
 * translated, NAT64, 6to4, Teredo, ISATAP) is vetted as IPv4 too.
 */
public final class AddressGuard {

  private static final IPAddressGenerator GENERATOR = new IPAddressGenerator();

  /** Link-local, this host, multicast, broadcast, and the clouds' metadata services. */
  private static final List<IPAddress> NEVER =
      blocks(
          """
          0.0.0.0/8 169.254.0.0/16 224.0.0.0/4 255.255.255.255/32
          100.100.100.200/32 192.0.0.192/32 168.63.129.16/32
          ::/128 fe80::/10 fec0::/10 ff00::/8
          fd00:ec2::/32 fd20:ce::254/128 fd00:42::42/128 fd00:a9fe:a9fe::1/128""");

  /** Loopback, private networks, and what is not the public Internet. */
  private static final List<IPAddress> PRIVATE =
      blocks(
          """
          10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 127.0.0.0/8 100.64.0.0/10
          192.0.0.0/24 198.18.0.0/15 240.0.0.0/4
          ::1/128 fc00::/7 64:ff9b::/96 64:ff9b:1::/48 2001::/32 2002::/16""");

  private AddressGuard() {}

  private static List<IPAddress> blocks(String blocks) {
    return Stream.of(blocks.split("\\s+"))
        .map(block -> new IPAddressString(block).getAddress())
        .toList();
  }

  /** Whether nothing may be sent to an address; its zone does not count. */
  public static boolean forbids(InetAddress address, boolean allowPrivateNetworks) {
    return destinations(address.getAddress()).stream()
        .map(bytes -> GENERATOR.from(bytes))
        .anyMatch(ip -> isIn(NEVER, ip) || !allowPrivateNetworks && isIn(PRIVATE, ip));
  }

  private static boolean isIn(List<IPAddress> blocks, IPAddress address) {
    return blocks.stream().anyMatch(block -> block.contains(address));
  }

  /** Vets all addresses of a name; {@link ForbiddenAddressException} for the first forbidden. */
  public static void vet(List<InetAddress> addresses, boolean allowPrivateNetworks) {
    for (InetAddress address : addresses) {
      if (forbids(address, allowPrivateNetworks)) {
        throw new ForbiddenAddressException(text(address));
      }
    }
  }

  /** An address as people know it: without a zone, the zeros of IPv6 shortened. */
  public static String text(InetAddress address) {
    return GENERATOR.from(address.getAddress()).toCanonicalString();
  }

  /** Whether a host is written as an address, which is not looked up. */
  public static boolean isLiteral(String host) {
    return host.contains(":") || host.matches("[0-9.]+");
  }

  /** Whether a host that is written as an address is this machine alone. */
  public static boolean isLoopback(String literal) {
    try {
      return InetAddress.getByName(literal).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** An address and, of IPv6, the IPv4 addresses that it may lead to. */
  private static List<byte[]> destinations(byte[] ip) {
    List<byte[]> found = new ArrayList<>(List.of(ip));
    if (ip.length != 16) {
      return found;
    }
    if (startsWith(ip, "00000000000000000000ffff")
        || startsWith(ip, "0000000000000000ffff0000")
        || startsWith(ip, "0064ff9b0000000000000000")
        || startsWith(ip, "0064ff9b0001")
        || startsWith(ip, "000000000000000000000000") && (ip[12] | ip[13] | ip[14]) != 0) {
      found.add(Arrays.copyOfRange(ip, 12, 16));
    }
    if (startsWith(ip, "0064ff9b0001")) {
      // RFC 6052, section 2.2: below a /48 the address stands around the zero octet at bit 64.
      found.add(new byte[] {ip[6], ip[7], ip[9], ip[10]});
    }
    if (startsWith(ip, "2002")) {
      found.add(Arrays.copyOfRange(ip, 2, 6));
    }
    if (startsWith(ip, "20010000")) {
      found.add(Arrays.copyOfRange(ip, 4, 8));
      found.add(new byte[] {(byte) ~ip[12], (byte) ~ip[13], (byte) ~ip[14], (byte) ~ip[15]});
    }
    if ((ip[8] & 0xfd) == 0 && ip[9] == 0 && ip[10] == 0x5e && (ip[11] & 0xff) == 0xfe) {
      found.add(Arrays.copyOfRange(ip, 12, 16));
    }
    return found;
  }

  private static boolean startsWith(byte[] ip, String hex) {
    byte[] prefix = HexFormat.of().parseHex(hex);
    return Arrays.equals(ip, 0, prefix.length, prefix, 0, prefix.length);
  }

  /** The JDK turns IPv4-mapped bytes into IPv4: the same thing, vetted the same way. */
  static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("an address has 4 or 16 bytes", e);
    }
  }
}
