package dev.auditwebhook.wire;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/** Compresses bodies, the large ones on a worker thread: a MiB takes 100 ms. */
final class Gzip {

  /** Up to how many bytes a body is compressed at once, which takes less than a millisecond. */
  static final int AT_ONCE = 16 * 1024;

  private final Vertx vertx;

  Gzip(Vertx vertx) {
    this.vertx = vertx;
  }

  /** The compressed body, the same at every attempt. */
  Future<byte[]> compress(byte[] body) {
    return body.length <= AT_ONCE
        ? Future.succeededFuture(compressed(body))
        : vertx.executeBlocking(() -> compressed(body), false);
  }

  private static byte[] compressed(byte[] body) {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream(body.length / 4 + 64);
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return compressed.toByteArray();
  }
}
