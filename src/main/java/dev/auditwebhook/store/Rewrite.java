package dev.auditwebhook.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.h2.store.fs.FilePath;

/**
 * Has a file on disk after a sync failed. A system may take what a failed sync did not write for
 * written; then it can still be read, but no later sync writes it unless it is written again.
 */
final class Rewrite {

  private static final int PART_BYTES = 1 << 20;

  private Rewrite() {}

  /**
   * Writes all that is in a file over itself, and syncs.
   *
   * @throws DiskException when that failed
   */
  static void inPlace(String file) {
    try (FileChannel channel = FilePath.get(file).open("rw")) {
      ByteBuffer part = ByteBuffer.allocate(PART_BYTES);
      for (long at = 0; at < channel.size(); ) {
        part.clear();
        int read = channel.read(part, at);
        part.flip();
        while (part.hasRemaining()) {
          channel.write(part, at + part.position());
        }
        at += read;
      }
      channel.force(true);
    } catch (IOException e) {
      throw new DiskException(file + " cannot be written to: " + e.getMessage(), e);
    }
  }
}
