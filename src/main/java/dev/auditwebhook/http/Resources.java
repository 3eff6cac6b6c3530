package dev.auditwebhook.http;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Files of the class path. */
final class Resources {

  private Resources() {}

  /**
   * Reads a file whole.
   *
   * @param name relative to this package, or absolute with a slash at its start
   * @return its content, {@code null} when there is no such file
   */
  static Buffer load(String name) {
    try (InputStream in = Resources.class.getResourceAsStream(name)) {
      return in == null ? null : Buffer.buffer(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
