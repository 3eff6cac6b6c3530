package dev.auditwebhook.cli;

import dev.auditwebhook.HttpOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The certificate of a service of one's own, which may be self-signed, and for another name than
 * the address that is asked.
 */
final class ServiceCertificate extends X509ExtendedTrustManager {

  /** What has to hold of the one that is shown. */
  @FunctionalInterface
  private interface Rule {
    void check(X509Certificate shown) throws CertificateException;
  }

  private final Rule rule;
  private volatile boolean shown;

  private ServiceCertificate(Rule rule) {
    this.rule = rule;
  }

  /**
   * Any, for who gives the service nothing to keep. One that has ended, or was exchanged on disk
   * and not taken over, says nothing about whether the service lives.
   */
  static ServiceCertificate any() {
    return new ServiceCertificate(shown -> {});
  }

  /**
   * The one that these options have the service show, and no other; empty where they name none in
   * PEM, or a host with its scheme. A refusal is one line that names the key.
   */
  static Optional<ServiceCertificate> pinned(HttpOptions http) {
    JsonObject pem = http.getServer().getJsonObject("pemKeyCertOptions");
    if (pem == null || http.getHost().contains("://")) {
      return Optional.empty();
    }
    List<String> files = new ArrayList<>();
    pem.getJsonArray("certPaths", new JsonArray()).forEach(path -> files.add(path.toString()));
    if (pem.containsKey("certPath")) {
      files.add(pem.getString("certPath"));
    }
    List<X509Certificate> pinned = files.stream().map(file -> first(Path.of(file))).toList();
    return pinned.isEmpty()
        ? Optional.empty()
        : Optional.of(new ServiceCertificate(shown -> checkIsOneOf(pinned, shown)));
  }

  private static void checkIsOneOf(List<X509Certificate> pinned, X509Certificate shown)
      throws CertificateException {
    if (!pinned.contains(shown)) {
      throw new CertificateException("the service shows another certificate than http.server has");
    }
    shown.checkValidity();
  }

  /** TLS with the service. */
  SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(ownKeys(), new TrustManager[] {this}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has TLS", e);
    }
  }

  /** Whether a service has shown it. */
  boolean wasShown() {
    return shown;
  }

  /** Those of the JVM, for a service that asks for a certificate; {@code null} for none. */
  private static KeyManager[] ownKeys() throws GeneralSecurityException {
    String file = System.getProperty("javax.net.ssl.keyStore", "");
    if (file.isEmpty()) {
      return null;
    }
    char[] password = System.getProperty("javax.net.ssl.keyStorePassword", "").toCharArray();
    String type = System.getProperty("javax.net.ssl.keyStoreType", KeyStore.getDefaultType());
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      KeyStore store = KeyStore.getInstance(type);
      store.load(in, password);
      keys.init(store, password);
      return keys.getKeyManagers();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "javax.net.ssl.keyStore: " + file + ": cannot be read, or its password is wrong", e);
    }
  }

  /** The first certificate of a file is the server's own. */
  private static X509Certificate first(Path file) {
    String why;
    try (InputStream in = Files.newInputStream(file)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    } catch (NoSuchFileException e) {
      why = "no such file";
    } catch (IOException e) {
      why = "cannot be read";
    } catch (CertificateException e) {
      why = "is no certificate";
    }
    throw new IllegalArgumentException("http.server.pemKeyCertOptions: " + file + ": " + why);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    rule.check(chain[0]);
    shown = true;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("no server");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
