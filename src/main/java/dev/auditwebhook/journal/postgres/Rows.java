package dev.auditwebhook.journal.postgres;

import dev.auditwebhook.journal.Recipients;
import dev.auditwebhook.wire.format.Event;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;

/** How rows of the tables say what the module has. */
final class Rows {

  private static final char REPLACEMENT = '\uFFFD';

  private Rows() {}

  /** A text as a column can hold it: without U+0000. */
  static String text(String text) {
    return text == null || text.indexOf(0) < 0 ? text : text.replace('\0', REPLACEMENT);
  }

  /** As a parameter, which the bytes are not copied for. */
  static Buffer bytes(byte[] bytes) {
    return BufferInternal.buffer(Unpooled.wrappedBuffer(bytes));
  }

  /** The event of a row that begins with its id, action, content and time. */
  static Event event(Row row) {
    byte[] content = row.getBuffer(2).getBytes();
    Event event = new Event(row.getLong(0), row.getString(1), content, row.getLong(3));
    return event.action().indexOf(REPLACEMENT) < 0 ? event : exact(event);
  }

  /** The content has the action as it is. */
  private static Event exact(Event event) {
    String action = new JsonObject(Buffer.buffer(event.body())).getString(Event.ACTION);
    return new Event(event.id(), action, event.content(), event.acceptedAt());
  }

  static Recipients recipients(Row row, int column) {
    return Recipients.of(row.getBuffer(column).getBytes());
  }
}
