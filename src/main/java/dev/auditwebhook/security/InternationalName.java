package dev.auditwebhook.security;

import com.ibm.icu.text.IDNA;
import java.net.IDN;
import java.util.Locale;

/**
 * Names of hosts that are not in ASCII, as DNS knows them. Resolvers read some of them by IDNA 2003
 * and some by UTS 46, which lead elsewhere for a few: such a name is refused, as whoever checks it
 * may mean another host than the one that is reached.
 */
final class InternationalName {

  private static final String LIBRARY = "com.ibm.icu:icu4j";

  private InternationalName() {}

  /**
   * The name in lower-case ASCII.
   *
   * @throws IllegalArgumentException in one line when it has no reading, or two
   */
  static String toAscii(String host) {
    if (host.chars().allMatch(c -> c < 128)) {
      return formerly(host);
    }
    String name = now(host);
    String other = formerly(host);
    if (!name.equals(other)) {
      throw new IllegalArgumentException(
          "must have a host of one reading: this one is "
              + name
              + " by UTS 46 and "
              + other
              + " by IDNA 2003; write the one that is meant");
    }
    return name;
  }

  /** By IDNA 2003. */
  private static String formerly(String host) {
    try {
      return IDN.toASCII(host, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException e) {
      throw noName();
    }
  }

  private static String now(String host) {
    try {
      return Uts46.toAscii(host);
    } catch (NoClassDefFoundError e) {
      throw new IllegalArgumentException(
          "must have a host in ASCII (xn--...), as " + LIBRARY + " is not on the class path", e);
    }
  }

  private static IllegalArgumentException noName() {
    return new IllegalArgumentException("must have a host that is a name or an address");
  }

  /** All that needs the library. */
  private static final class Uts46 {

    private static final IDNA READING =
        IDNA.getUTS46Instance(
            IDNA.NONTRANSITIONAL_TO_ASCII | IDNA.CHECK_BIDI | IDNA.CHECK_CONTEXTJ);

    static String toAscii(String host) {
      StringBuilder name = new StringBuilder();
      IDNA.Info found = new IDNA.Info();
      READING.nameToASCII(host, name, found);
      if (found.hasErrors()) {
        throw noName();
      }
      return name.toString();
    }
  }
}
