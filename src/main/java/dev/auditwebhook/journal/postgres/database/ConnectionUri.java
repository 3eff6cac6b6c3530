package dev.auditwebhook.journal.postgres.database;

import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where the database is and how it is reached: {@code
 * postgresql://user:password@host:port/database?parameters}, as {@code libpq} has it.
 *
 * <p>{@code sslmode} is {@code disable}, {@code allow}, {@code prefer} (the default), {@code
 * require}, {@code verify-ca} or {@code verify-full}. The last two trust {@code sslrootcert}, or
 * without it whom the JVM trusts; so does {@code require} once {@code sslrootcert} is given. {@code
 * sslcert} and {@code sslkey} are the client's own certificate and key. All are PEM files. Other
 * parameters of TLS are refused, a misspelled {@code sslmode} among them.
 */
public final class ConnectionUri {

  /** The key of the configuration that has it. */
  public static final String KEY = "webhook.store.uri";

  private static final Pattern URI =
      Pattern.compile(
          "postgres(?:ql)?://(?:(?<user>[^/?#:]*)(?::(?<password>[^/?#]*))?@)?"
              + "(?:\\[(?<address>[^\\]]*)]|(?<host>[^/?#@:,\\[\\]]*))(?::(?<port>[0-9]*))?"
              + "(?:/(?<dbname>[^/?#]*))?(?:\\?(?<query>[^#]*))?");

  private static final String RULE =
      "must be postgresql://user:password@host:port/database, of one host, with special characters"
          + " percent-encoded";

  /** Parameters of a URI that the server is told of as they are. */
  private static final List<String> FOR_THE_SERVER =
      List.of("application_name", "search_path", "options");

  private final PgConnectOptions options;
  private final Trust trust;

  private static final List<String> OF_TLS = List.of("sslmode", "sslrootcert", "sslcert", "sslkey");

  private ConnectionUri(PgConnectOptions options, Trust trust) {
    this.options = options;
    this.trust = trust;
  }

  /**
   * Reads a URI.
   *
   * @throws IllegalArgumentException in one line that begins with the key and shows nothing of the
   *     URI
   */
  public static ConnectionUri of(String uri) {
    Map<String, String> given = read(uri);
    require(given.containsKey("user"), "must name the user");
    String port = given.getOrDefault("port", "5432");
    require(port.matches("[0-9]{1,5}") && Integer.parseInt(port) <= 65_535, RULE);
    PgConnectOptions options =
        new PgConnectOptions()
            .setHost(given.getOrDefault("hostaddr", given.getOrDefault("host", "localhost")))
            .setPort(Integer.parseInt(port))
            .setUser(given.get("user"))
            .setPassword(given.getOrDefault("password", ""))
            .setDatabase(given.getOrDefault("dbname", given.get("user")))
            .addProperty("application_name", "vertx-audit-webhook");
    FOR_THE_SERVER.stream()
        .filter(given::containsKey)
        .forEach(name -> options.addProperty(name, given.get(name)));
    SslMode mode = mode(given);
    Trust trust = trust(mode, given);
    ClientSSLOptions tls = new ClientSSLOptions();
    if (trust == null) {
      tls.setTrustAll(true);
    } else {
      tls.setTrustOptions(TrustOptions.wrap(trust));
    }
    tls.setHostnameVerificationAlgorithm(mode == SslMode.VERIFY_FULL ? "HTTPS" : "");
    if (given.containsKey("sslcert") || given.containsKey("sslkey")) {
      tls.setKeyCertOptions(
          new PemKeyCertOptions()
              .addCertPath(file(given, "sslcert").toString())
              .addKeyPath(file(given, "sslkey").toString()));
    }
    return new ConnectionUri(options.setSslMode(mode).setSslOptions(tls), trust);
  }

  /**
   * All that a URI says, by the names that its parameters have. An unknown one does no harm, unless
   * somebody thinks that it has to do with TLS.
   */
  private static Map<String, String> read(String uri) {
    Matcher parts = URI.matcher(uri);
    require(parts.matches(), RULE);
    Map<String, String> given = new HashMap<>();
    put(given, "user", parts.group("user"));
    put(given, "password", parts.group("password"));
    put(given, "host", parts.group("host"));
    put(given, "host", parts.group("address"));
    put(given, "port", parts.group("port"));
    put(given, "dbname", parts.group("dbname"));
    if (parts.group("query") != null) {
      for (String parameter : parts.group("query").split("&")) {
        String[] both = parameter.split("=", 2);
        require(
            OF_TLS.contains(both[0]) || !both[0].toLowerCase(Locale.ROOT).startsWith("ssl"),
            "its parameters for TLS must be sslmode, sslrootcert, sslcert or sslkey");
        put(given, both[0], both.length > 1 ? both[1] : null);
      }
    }
    return given;
  }

  private static void put(Map<String, String> given, String name, String value) {
    if (value != null && !value.isEmpty()) {
      given.put(name, decoded(value));
    }
  }

  private static SslMode mode(Map<String, String> given) {
    String name = given.getOrDefault("sslmode", SslMode.PREFER.value);
    if (name.equals(SslMode.REQUIRE.value) && given.containsKey("sslrootcert")) {
      return SslMode.VERIFY_CA;
    }
    return Stream.of(SslMode.values())
        .filter(mode -> mode.value.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                refused(
                    "its sslmode must be disable, allow, prefer, require, verify-ca or"
                        + " verify-full"));
  }

  private static Trust trust(SslMode mode, Map<String, String> given) {
    if (mode != SslMode.VERIFY_CA && mode != SslMode.VERIFY_FULL) {
      return null;
    } else if (given.getOrDefault("sslrootcert", "system").equals("system")) {
      return Trust.ofJvm();
    }
    try {
      return Trust.of(file(given, "sslrootcert"));
    } catch (IOException e) {
      throw refused("its sslrootcert must be a PEM file of certificates");
    }
  }

  private static Path file(Map<String, String> given, String parameter) {
    Path file = Path.of(given.getOrDefault(parameter, ""));
    require(
        Files.isReadable(file) && Files.isRegularFile(file),
        "its " + parameter + " must be a file that can be read");
    return file;
  }

  private static String decoded(String text) {
    try {
      String decoded = URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
      require(decoded.chars().noneMatch(Character::isISOControl), RULE);
      return decoded;
    } catch (IllegalArgumentException e) {
      throw refused(RULE);
    }
  }

  private static void require(boolean holds, String rule) {
    if (!holds) {
      throw refused(rule);
    }
  }

  private static IllegalArgumentException refused(String rule) {
    return new IllegalArgumentException(KEY + ": " + rule);
  }

  /** What messages say of it: {@code host:port/database}. */
  public String shown() {
    return options.getHost() + ":" + options.getPort() + "/" + options.getDatabase();
  }

  /** Why the server's certificate was not trusted the last time, {@code null} when it was. */
  CertificateException distrust() {
    return trust == null ? null : trust.refusal();
  }

  /**
   * The ways to connect, of which the next is tried where the first is refused. The client itself
   * would leave the connection open on which a server said that it does not speak TLS.
   */
  List<PgConnectOptions> ways() {
    PgConnectOptions plain = new PgConnectOptions(options).setSslMode(SslMode.DISABLE);
    PgConnectOptions encrypted = new PgConnectOptions(options).setSslMode(SslMode.REQUIRE);
    return switch (options.getSslMode()) {
      case ALLOW -> List.of(plain, encrypted);
      case PREFER -> List.of(encrypted, plain);
      default -> List.of(new PgConnectOptions(options));
    };
  }

  @Override
  public String toString() {
    return shown();
  }
}
