package dev.auditwebhook.wire;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * What came back to one request, as far as it is read: of the body at most {@value #READ_LIMIT}
 * bytes, of which {@value Answer#EXCERPT_LIMIT} are kept, or all where somebody reads them.
 */
final class Reply {

  static final int READ_LIMIT = 64 * 1024;

  private final int status;
  private final long retryAfter;
  private final int keeps;
  private final Buffer kept = Buffer.buffer();
  private long bytesRead;

  /**
   * @param isRead whether somebody reads the body
   */
  Reply(HttpClientResponse response, boolean isRead) {
    status = response.statusCode();
    keeps = isRead ? READ_LIMIT : Answer.EXCERPT_LIMIT;
    retryAfter =
        status < 300
            ? 0
            : RetryAfter.millis(
                response.getHeader(HttpHeaders.RETRY_AFTER), System.currentTimeMillis());
  }

  int status() {
    return status;
  }

  /** What {@code Retry-After} asks for, in milliseconds. */
  long retryAfter() {
    return retryAfter;
  }

  /** Takes a part of the body. False when it is past the limit. */
  boolean read(Buffer data) {
    bytesRead += data.length();
    int room = keeps - kept.length();
    if (room > 0) {
      kept.appendBuffer(data, 0, Math.min(room, data.length()));
    }
    return bytesRead <= READ_LIMIT;
  }

  /** The beginning of the body as text. */
  String excerpt() {
    // A character that the limit cuts in two is left out rather than shown as damaged.
    byte[] excerpt = kept.getBytes(0, Math.min(kept.length(), Answer.EXCERPT_LIMIT));
    CharBuffer chars = CharBuffer.allocate(excerpt.length);
    StandardCharsets.UTF_8
        .newDecoder()
        .onMalformedInput(CodingErrorAction.REPLACE)
        .decode(ByteBuffer.wrap(excerpt), chars, false);
    return chars.flip().toString();
  }

  byte[] body() {
    return kept.getBytes();
  }
}
