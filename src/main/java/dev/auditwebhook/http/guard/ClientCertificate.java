package dev.auditwebhook.http.guard;

import io.vertx.core.http.HttpConnection;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** What a client's certificate says of it, where TLS asks for one. */
final class ClientCertificate {

  private static final int LONGEST = 100;

  private ClientCertificate() {}

  /** The common name of the subject, fit for one line of a log. */
  static Optional<String> commonName(HttpConnection connection) {
    SSLSession session = connection.isSsl() ? connection.sslSession() : null;
    if (session == null) {
      return Optional.empty();
    }
    try {
      return commonName(session.getPeerPrincipal().getName());
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }

  static Optional<String> commonName(String subject) {
    try {
      return new LdapName(subject)
          .getRdns().stream()
              .filter(part -> part.getType().equalsIgnoreCase("CN"))
              .map(Rdn::getValue)
              .filter(String.class::isInstance)
              .map(name -> plain((String) name))
              .reduce((one, moreSpecific) -> moreSpecific);
    } catch (InvalidNameException e) {
      return Optional.empty();
    }
  }

  private static String plain(String name) {
    String line = name.replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]", "?");
    return line.substring(0, Math.min(LONGEST, line.length()));
  }
}
