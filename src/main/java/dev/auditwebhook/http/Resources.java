package dev.auditwebhook.http;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Files of the class path. */
final class Resources {

  private Resources() {}

  /**
   * A file whole, {@code null} when there is none; the name is relative, or absolute with a slash.
   */
  static Buffer load(String name) {
    try (InputStream in = Resources.class.getResourceAsStream(name)) {
      return in == null ? null : Buffer.buffer(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
