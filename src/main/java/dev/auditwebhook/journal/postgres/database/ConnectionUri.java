package dev.auditwebhook.journal.postgres.database;

import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.TrustManagerFactory;

/**
 * Where the database is and how it is reached: {@code
 * postgresql://user:password@host:port/database?parameters}, as {@code libpq} has it.
 *
 * <p>{@code sslmode} is {@code disable} (the default), {@code allow}, {@code prefer}, {@code
 * require}, {@code verify-ca} or {@code verify-full}. The last two trust {@code sslrootcert}, or
 * without it whom the JVM trusts; so does {@code require} once {@code sslrootcert} is given. {@code
 * sslcert} and {@code sslkey} are the client's own certificate and key. All are PEM files.
 */
public final class ConnectionUri {

  /** The key of the configuration that has it. */
  public static final String KEY = "webhook.store.uri";

  private static final Pattern URI =
      Pattern.compile(
          "postgres(?:ql)?://(?:(?<user>[^/?#]*)@)?(?<place>[^/?#@]*(?:/[^?#]*)?)(?:\\?(?<query>[^#]*))?");

  private static final String RULE =
      "must be postgresql://user:password@host:port/database, with other characters than letters"
          + " and digits percent-encoded";

  private final PgConnectOptions options;

  private ConnectionUri(PgConnectOptions options) {
    this.options = options;
  }

  /**
   * Reads a URI.
   *
   * @throws IllegalArgumentException in one line that begins with the key and shows nothing of the
   *     URI
   */
  public static ConnectionUri of(String uri) {
    Matcher parts = URI.matcher(uri);
    require(parts.matches(), RULE);
    require(!parts.group("place").contains(","), "must name one host");
    Map<String, String> tls = new HashMap<>();
    List<String> others = new ArrayList<>();
    boolean user = parts.group("user") != null;
    boolean database = parts.group("place").matches(".*/.+");
    for (String parameter : parameters(parts.group("query"))) {
      String name = decoded(parameter.replaceFirst("=.*", "")).toLowerCase(Locale.ROOT);
      if (name.startsWith("ssl")) {
        tls.put(name, decoded(parameter.replaceFirst("[^=]*=?", "")));
      } else {
        others.add(parameter.replace("+", "%2B"));
        user |= name.equals("user");
        database |= name.equals("dbname");
      }
    }
    require(user, "must name the user");
    PgConnectOptions options = parsed(parts.group("place"), others);
    return new ConnectionUri(
        withTls(withLogin(options, parts.group("user"), others, database), tls));
  }

  private static List<String> parameters(String query) {
    return query == null ? List.of() : Pattern.compile("&").splitAsStream(query).toList();
  }

  private static PgConnectOptions parsed(String place, List<String> parameters) {
    try {
      PgConnectOptions options =
          PgConnectOptions.fromUri("postgresql://" + place + "?" + String.join("&", parameters));
      PgConnectOptions.DEFAULT_PROPERTIES.forEach(options.getProperties()::putIfAbsent);
      return options;
    } catch (RuntimeException e) {
      // Its message has the URI.
      throw new IllegalArgumentException(KEY + ": " + RULE);
    }
  }

  private static PgConnectOptions withLogin(
      PgConnectOptions options, String userInfo, List<String> parameters, boolean database) {
    if (parameters.stream()
        .noneMatch(one -> one.toLowerCase(Locale.ROOT).startsWith("password="))) {
      options.setPassword("");
    }
    if (userInfo != null) {
      String[] both = userInfo.split(":", 2);
      options.setUser(decoded(both[0]));
      if (both.length > 1) {
        options.setPassword(decoded(both[1]));
      }
    }
    return database ? options : options.setDatabase(options.getUser());
  }

  private static PgConnectOptions withTls(PgConnectOptions options, Map<String, String> tls) {
    SslMode mode = mode(tls.getOrDefault("sslmode", "disable"));
    String root = tls.get("sslrootcert");
    boolean ownRoot = root != null && !root.equals("system");
    if (mode == SslMode.REQUIRE && root != null) {
      mode = SslMode.VERIFY_CA;
    }
    ClientSSLOptions ssl = new ClientSSLOptions();
    if (mode == SslMode.VERIFY_CA || mode == SslMode.VERIFY_FULL) {
      ssl.setTrustOptions(
          ownRoot
              ? new PemTrustOptions().addCertPath(file(tls, "sslrootcert"))
              : TrustOptions.wrap(trustedByJvm()));
      ssl.setHostnameVerificationAlgorithm(mode == SslMode.VERIFY_FULL ? "HTTPS" : "");
    } else {
      ssl.setTrustAll(true).setHostnameVerificationAlgorithm("");
    }
    if (tls.containsKey("sslcert") || tls.containsKey("sslkey")) {
      ssl.setKeyCertOptions(
          new PemKeyCertOptions()
              .addCertPath(file(tls, "sslcert"))
              .addKeyPath(file(tls, "sslkey")));
    }
    return options.setSslMode(mode).setSslOptions(ssl);
  }

  private static SslMode mode(String name) {
    for (SslMode mode : SslMode.values()) {
      if (mode.value.equals(name)) {
        return mode;
      }
    }
    throw new IllegalArgumentException(
        KEY + ": its sslmode must be disable, allow, prefer, require, verify-ca or verify-full");
  }

  private static String file(Map<String, String> tls, String parameter) {
    String file = tls.getOrDefault(parameter, "");
    require(
        Files.isReadable(Path.of(file)) && Files.isRegularFile(Path.of(file)),
        "its " + parameter + " must be a file that can be read");
    return file;
  }

  private static TrustManagerFactory trustedByJvm() {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init((KeyStore) null);
      return factory;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(KEY + ": " + RULE);
    }
  }

  private static void require(boolean holds, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(KEY + ": " + rule);
    }
  }

  /** What messages say of it: {@code host:port/database}. */
  public String shown() {
    return options.getHost() + ":" + options.getPort() + "/" + options.getDatabase();
  }

  String user() {
    return options.getUser();
  }

  String database() {
    return options.getDatabase();
  }

  /** A copy of the options of a connection. */
  PgConnectOptions options() {
    return new PgConnectOptions(options);
  }

  @Override
  public String toString() {
    return shown();
  }
}
