package dev.auditwebhook.http.tls;

import dev.auditwebhook.metrics.Metrics;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every two seconds whether the files of keys, certificates and revocations have changed, and
 * has a server take them over, without a connection lost. What is wrong or half written leaves the
 * former in use until it is right.
 */
public final class CertificateWatch {

  private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);
  private static final long INTERVAL = 2_000;

  private final Vertx vertx;
  private final HttpServerOptions options;
  private final List<String> files;
  private final Metrics metrics;
  private volatile ServerCertificate shown;
  private String inUse;
  private String refused = "";
  private long timer = -1;

  private CertificateWatch(
      Vertx vertx, List<String> files, HttpServerOptions options, Metrics metrics) {
    this.vertx = vertx;
    this.options = options;
    this.files = files;
    this.metrics = metrics;
  }

  /**
   * A watch of files, which the options name, once they have been read; a failure of one line when
   * they cannot be used.
   */
  public static Future<CertificateWatch> create(
      Vertx vertx, List<String> files, HttpServerOptions options, Metrics metrics) {
    CertificateWatch watch = new CertificateWatch(vertx, files, options, metrics);
    return watch
        .look()
        .map(
            seen -> {
              watch.inUse = seen.digest;
              watch.shown = seen.certificate;
              metrics.commonGauge(
                  "webhook.http.certificate.expiry.seconds",
                  "When the certificate of the HTTP API ends, in seconds since the epoch",
                  () -> watch.shown.end().getEpochSecond());
              watch.tell("Certificate");
              return watch;
            });
  }

  /** Watches for a server that listens with the options. */
  public void start(HttpServer server) {
    if (!files.isEmpty()) {
      timer =
          vertx.setPeriodic(
              INTERVAL,
              id ->
                  vertx.executeBlocking(this::digest).onSuccess(digest -> compare(server, digest)));
    }
  }

  public void stop() {
    vertx.cancelTimer(timer);
    metrics.close();
  }

  private void compare(HttpServer server, String digest) {
    if (digest.equals(inUse)) {
      return;
    }
    look()
        .compose(
            seen ->
                server
                    .updateSSLOptions(options.getSslOptions(), true)
                    .map(
                        updated -> {
                          inUse = seen.digest;
                          shown = seen.certificate;
                          refused = "";
                          tell("Certificate exchanged");
                          return null;
                        }))
        .onFailure(
            failure -> {
              if (!digest.equals(refused)) {
                refused = digest;
                LOG.warn(
                    "The changed certificate files are not used, the former go on: {}",
                    ServerCertificate.reason(failure));
              }
            });
  }

  private record Seen(String digest, ServerCertificate certificate) {}

  /** The digest is of the time before: what changes while it is read is looked at once more. */
  private Future<Seen> look() {
    return vertx.executeBlocking(
        () -> {
          String digest = digest();
          return new Seen(digest, ServerCertificate.read(vertx, options));
        });
  }

  private void tell(String what) {
    if (shown.hasEnded()) {
      LOG.warn("{}: {}, which has ended on {}", what, shown.subject(), shown.end());
    } else {
      LOG.info("{}: {}, valid until {}", what, shown.subject(), shown.end());
    }
  }

  private String digest() throws NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (String file : files) {
      try {
        digest.update(vertx.fileSystem().readFileBlocking(file).getBytes());
      } catch (VertxException e) {
        digest.update((byte) 0);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
