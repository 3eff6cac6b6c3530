package dev.auditwebhook.http.tls;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.JksOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PfxOptions;
import io.vertx.core.net.TrustOptions;
import java.nio.file.NoSuchFileException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.X509KeyManager;

/**
 * The certificate that a server shows; of several, the one that ends first.
 *
 * @param subject whom it names
 * @param end until when it is valid
 */
public record ServerCertificate(String subject, Instant end) {

  private static final List<String> KEY_TYPES = List.of("EC", "RSA", "EdDSA", "RSASSA-PSS", "DSA");

  /**
   * Reads what the options name, and checks that the keys are those of the certificates, which Java
   * does not. Blocks. Fails with an {@link IllegalArgumentException} of one line.
   */
  public static ServerCertificate read(Vertx vertx, HttpServerOptions options) {
    ServerCertificate first = firstToEnd(vertx, options.getKeyCertOptions());
    TrustOptions trusted = options.getTrustOptions();
    if (trusted != null) {
      try {
        trusted.copy().getTrustManagerFactory(vertx);
      } catch (Exception e) {
        throw refusal(key(trusted, "pemTrust", "pfxTrust", "trustStore"), e);
      }
    }
    return first;
  }

  private static ServerCertificate firstToEnd(Vertx vertx, KeyCertOptions shown) {
    try {
      // Options remember what they have read once; a copy reads anew.
      KeyManager[] managers = shown.copy().getKeyManagerFactory(vertx).getKeyManagers();
      ServerCertificate first = null;
      for (X509Certificate each : certificates(managers)) {
        Instant end = each.getNotAfter().toInstant();
        if (first == null || end.isBefore(first.end)) {
          first = new ServerCertificate(each.getSubjectX500Principal().getName(), end);
        }
      }
      if (first == null) {
        throw new GeneralSecurityException("there is no certificate");
      }
      return first;
    } catch (Exception e) {
      throw refusal(key(shown, "pemKeyCert", "pfxKeyCert", "keyStore"), e);
    }
  }

  private static String key(Object material, String pem, String pfx, String store) {
    String kind =
        material instanceof JksOptions ? store : material instanceof PfxOptions ? pfx : pem;
    return kind + "Options";
  }

  private static IllegalArgumentException refusal(String key, Exception cause) {
    return new IllegalArgumentException("http.server." + key + ": " + reason(cause), cause);
  }

  /** Whether its time is over. */
  public boolean hasEnded() {
    return end.isBefore(Instant.now());
  }

  private static List<X509Certificate> certificates(KeyManager[] managers) throws Exception {
    List<X509KeyManager> all =
        Arrays.stream(managers)
            .filter(X509KeyManager.class::isInstance)
            .map(X509KeyManager.class::cast)
            .toList();
    List<X509Certificate> certificates = new ArrayList<>();
    for (X509KeyManager manager : all) {
      for (String alias : aliases(manager)) {
        X509Certificate certificate = manager.getCertificateChain(alias)[0];
        checkPair(manager.getPrivateKey(alias), certificate);
        certificates.add(certificate);
      }
    }
    return certificates;
  }

  private static List<String> aliases(X509KeyManager manager) {
    return KEY_TYPES.stream()
        .map(type -> manager.getServerAliases(type, null))
        .flatMap(aliases -> aliases == null ? Stream.empty() : Arrays.stream(aliases))
        .distinct()
        .toList();
  }

  private static void checkPair(PrivateKey key, X509Certificate certificate)
      throws GeneralSecurityException {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          case "EdDSA", "Ed25519", "Ed448" -> "EdDSA";
          default -> null;
        };
    if (algorithm == null) {
      return;
    }
    byte[] probe = certificate.getEncoded();
    boolean pair;
    try {
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(key);
      signer.update(probe);
      byte[] signed = signer.sign();
      Signature verifier = Signature.getInstance(algorithm);
      verifier.initVerify(certificate.getPublicKey());
      verifier.update(probe);
      pair = verifier.verify(signed);
    } catch (GeneralSecurityException e) {
      pair = false;
    }
    if (!pair) {
      throw new GeneralSecurityException(
          "the key is not that of the certificate of "
              + certificate.getSubjectX500Principal().getName());
    }
  }

  /** The deepest cause that says something, in one line. */
  static String reason(Throwable failure) {
    String reason = failure.getClass().getSimpleName();
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof NoSuchFileException missing) {
        return missing.getMessage() + ": no such file";
      }
      if (each.getMessage() != null && !each.getMessage().isBlank()) {
        reason = each.getMessage().lines().findFirst().orElse(reason);
      }
    }
    return reason;
  }
}
