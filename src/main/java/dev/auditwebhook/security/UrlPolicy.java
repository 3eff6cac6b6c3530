package dev.auditwebhook.security;

import inet.ipaddr.AddressStringException;
import inet.ipaddr.AddressStringParameters.RangeParameters;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/**
 * Which URLs a webhook may have: {@code http} or {@code https}, a host, a port from 1 to 65535, no
 * user-info, no fragment, no blanks or control characters, at most {@value #MAX_LENGTH} characters,
 * and neither a cloud's metadata host nor a forbidden address in any spelling. {@code _} in names
 * is fine, names that are not ASCII are read as IDN where all agree how, and what a request line
 * cannot carry is percent-encoded. Refusals name no path and no query: they carry tokens.
 */
public final class UrlPolicy {

  public static final int MAX_LENGTH = 2048;

  private static final Set<String> METADATA_HOSTS =
      Set.of(
          """
          metadata.google.internal metadata.google.com metadata.azure.com
          instance-data.ec2.internal instance-data-service.ec2.internal ec2.internal"""
              .split("\\s+"));

  /** All spellings of inet_aton and RFC 4291, and nothing else that the library knows. */
  private static final IPAddressStringParameters SPELLINGS =
      new IPAddressStringParameters.Builder()
          .allowEmpty(false)
          .allowAll(false)
          .allowPrefix(false)
          .allowMask(false)
          .allowWildcardedSeparator(false)
          .setRangeOptions(RangeParameters.NO_RANGE)
          .getIPv4AddressParametersBuilder()
          .allow_inet_aton(true)
          .getParentBuilder()
          .getIPv6AddressParametersBuilder()
          .allowZone(true)
          .allowBase85(false)
          .getParentBuilder()
          .toParams();

  /**
   * A URL that passed.
   *
   * @param host a name in ASCII without a last dot, or an address without brackets
   * @param port the port, the scheme's own when the URL has none
   * @param target what the request line asks for: path and query
   * @param address the address when the host is one, else {@code null}
   */
  public record Destination(
      String url, String host, int port, boolean ssl, String target, InetAddress address) {

    /** Scheme, host and port, the port only when it is not the scheme's own: for people. */
    public String origin() {
      String name = host.indexOf(':') < 0 ? host : "[" + host + "]";
      return (ssl ? "https://" : "http://") + name + (port == (ssl ? 443 : 80) ? "" : ":" + port);
    }

    @Override
    public String toString() {
      return origin();
    }
  }

  private UrlPolicy() {}

  /** Vets a URL; a refusal is an {@link IllegalArgumentException} of one line. */
  public static Destination vet(String url, boolean allowPrivateNetworks) {
    check(!url.isEmpty(), "must not be empty");
    check(url.length() <= MAX_LENGTH, "must not be longer than " + MAX_LENGTH + " characters");
    check(
        url.codePoints().noneMatch(UrlPolicy::isBlankOrControl),
        "must have no blanks or control characters");
    check(url.indexOf('\\') < 0, "must have no backslash");
    check(url.indexOf('#') < 0, "must have no fragment");
    boolean ssl = url.regionMatches(true, 0, "https://", 0, 8);
    check(
        ssl || url.regionMatches(true, 0, "http://", 0, 7), "must begin with https:// or http://");
    String rest = url.substring(ssl ? 8 : 7);
    String authority = rest.split("[/?]", 2)[0];
    check(authority.indexOf('@') < 0, "must have no user-info; use headers for credentials");
    int colon = authority.indexOf(':', Math.max(0, authority.lastIndexOf(']')));
    int port = colon < 0 ? ssl ? 443 : 80 : port(authority.substring(colon + 1));
    String host = colon < 0 ? authority : authority.substring(0, colon);
    String target = target(rest.substring(authority.length()));
    String name = host.startsWith("[") ? null : asciiName(host);
    InetAddress address = name == null ? ipv6(host) : addressOrName(name);
    if (address != null) {
      AddressGuard.vet(List.of(address), allowPrivateNetworks);
      name = AddressGuard.text(address);
    }
    return new Destination(url, name, port, ssl, target, address);
  }

  /** Vets an origin: a URL of scheme, host and port alone. */
  public static void vetOrigin(String origin, boolean allowPrivateNetworks) {
    check(
        vet(origin, allowPrivateNetworks).target().equals("/"),
        "must be scheme, host and port, without a path");
  }

  private static void check(boolean holds, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(rule);
    }
  }

  private static boolean isBlankOrControl(int c) {
    return Character.isISOControl(c)
        || Character.isWhitespace(c)
        || Character.isSpaceChar(c)
        || Character.getType(c) == Character.FORMAT
        || Character.getType(c) == Character.SURROGATE;
  }

  private static int port(String digits) {
    boolean number = digits.matches("[0-9]{1,5}");
    int port = number ? Integer.parseInt(digits) : 0;
    check(port >= 1 && port <= 65_535, "must have a port from 1 to 65535");
    return port;
  }

  private static InetAddress ipv6(String bracketed) {
    check(bracketed.endsWith("]"), "must have a host");
    IPAddress address = parse(bracketed.substring(1, bracketed.length() - 1));
    check(address != null && address.isIPv6(), "must have an IPv6 address within the brackets");
    return AddressGuard.address(address.getBytes());
  }

  /** The name in lower-case ASCII without its last dot: what DNS, SNI and certificates know. */
  private static String asciiName(String host) {
    check(host.indexOf('%') < 0, "must have a host without percent-encoding");
    String ascii = InternationalName.toAscii(host);
    String name = ascii.endsWith(".") ? ascii.substring(0, ascii.length() - 1) : ascii;
    check(!name.isEmpty(), "must have a host");
    check(
        name.length() <= 253 && name.matches("[a-z0-9_-]{1,63}(\\.[a-z0-9_-]{1,63})*"),
        "must have a host that is a name or an address");
    check(!METADATA_HOSTS.contains(name), "forbidden host " + name);
    return name;
  }

  /** {@code null} for a name. One whose last label is a number is refused, as in WHATWG URL. */
  private static InetAddress addressOrName(String name) {
    IPAddress address = parse(name);
    if (address != null) {
      return AddressGuard.address(address.getBytes());
    }
    String last = name.substring(name.lastIndexOf('.') + 1);
    check(
        !last.matches("[0-9]+|0x[0-9a-f]*"),
        "must have a host that is a name or an address, and a name does not end in a number");
    return null;
  }

  private static IPAddress parse(String text) {
    try {
      return new IPAddressString(text, SPELLINGS).toAddress();
    } catch (AddressStringException | RuntimeException e) {
      return null;
    }
  }

  private static String target(String pathAndQuery) {
    StringBuilder target = new StringBuilder(pathAndQuery.startsWith("/") ? "" : "/");
    for (byte b : pathAndQuery.getBytes(StandardCharsets.UTF_8)) {
      boolean plain = b > ' ' && b < 127 && "\"<>^`{|}".indexOf(b) < 0;
      target.append(plain ? Character.toString(b) : String.format("%%%02X", b));
    }
    return target.toString();
  }
}
