package dev.auditwebhook.journal.file;

import java.io.EOFException;
import java.io.IOError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.SFChunk;
import org.h2.mvstore.SingleFileStore;

/**
 * Has a failure to read end what was under way. The database takes what it cannot read for what is
 * not there, and opened the long way it goes on to write so.
 */
final class Chunks extends SingleFileStore {

  /** Whether the empty end of the file is cut off when something is written. */
  boolean shrinks;

  Chunks(Map<String, Object> way) {
    super(way);
  }

  /** Not after each write: that costs a second sync, and the file grows again with the next. */
  @Override
  protected void shrinkStoreIfPossible(int minPercent) {
    if (shrinks) {
      super.shrinkStoreIfPossible(minPercent);
    }
  }

  @Override
  public ByteBuffer readFully(SFChunk chunk, long at, int length) {
    try {
      return super.readFully(chunk, at, length);
    } catch (MVStoreException e) {
      if (e.getCause() instanceof IOException failure && !(failure instanceof EOFException)) {
        throw new IOError(failure);
      }
      throw e;
    }
  }
}
