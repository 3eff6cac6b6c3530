package dev.auditwebhook.delivery;

import dev.auditwebhook.security.ForbiddenAddressException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * One request and its answer, until the last byte or the deadline, whichever is first. It reads at
 * most {@value #READ_LIMIT} bytes of the answer's body and keeps {@value #EXCERPT_LIMIT}. At the
 * deadline or the limit it resets the request, which closes the connection.
 */
final class Exchange {

  static final int READ_LIMIT = 64 * 1024;
  static final int EXCERPT_LIMIT = 1024;

  private final Promise<Answer> answer = Promise.promise();
  private final Deadlines deadlines;
  private final String messageId;
  private final byte[] body;
  private final long startedNanos = System.nanoTime();
  private HttpClientRequest request;
  private Buffer excerpt;
  private int status;
  private long retryAfter;
  private long bytesRead;
  private boolean reused;
  private boolean resent;
  private boolean done;

  Exchange(Deadlines deadlines, String messageId, byte[] body) {
    this.deadlines = deadlines;
    this.messageId = messageId;
    this.body = body;
    deadlines.start(this);
  }

  String messageId() {
    return messageId;
  }

  byte[] body() {
    return body;
  }

  long startedNanos() {
    return startedNanos;
  }

  /** Whether the answer is there, or the deadline has passed. */
  boolean isDone() {
    return done;
  }

  Future<Answer> answer() {
    return answer.future();
  }

  /**
   * The connection is there. False when the deadline has passed: then nothing is sent.
   *
   * @param usedBefore whether the connection has carried a request before
   */
  boolean sends(HttpClientRequest clientRequest, boolean usedBefore) {
    request = clientRequest;
    reused = usedBefore;
    if (done) {
      request.reset();
    }
    return !done;
  }

  /**
   * The head of the answer is there.
   *
   * @param whole called when its last byte is there, if that is in time; {@code null} for nothing
   */
  void receives(HttpClientResponse response, Runnable whole) {
    if (done) {
      return;
    }
    status = response.statusCode();
    String retry = status < 300 ? null : response.getHeader(HttpHeaders.RETRY_AFTER);
    retryAfter = retry == null ? 0 : RetryAfter.millis(retry, System.currentTimeMillis());
    response
        .handler(this::read)
        .exceptionHandler(this::fail)
        .endHandler(
            v -> {
              if (!done && whole != null) {
                whole.run();
              }
              finish(null, false);
            });
  }

  private void read(Buffer data) {
    if (done) {
      return;
    }
    bytesRead += data.length();
    if (excerpt == null) {
      excerpt = Buffer.buffer();
    }
    int room = EXCERPT_LIMIT - excerpt.length();
    if (room > 0) {
      excerpt.appendBuffer(data, 0, Math.min(room, data.length()));
    }
    if (bytesRead > READ_LIMIT) {
      abort(null);
    }
  }

  private void finish(String error, boolean forbidden) {
    if (!done) {
      done = true;
      deadlines.end(this);
      long latency = (System.nanoTime() - startedNanos) / 1_000_000;
      answer.complete(
          new Answer(
              status, error, forbidden, retryAfter, status == 0 ? null : text(), latency, resent));
    }
  }

  /**
   * Whether to send once more at once: the connection was a reused one that the receiver had
   * closed, so that no byte of an answer came.
   */
  boolean sendsAgain(Throwable cause) {
    boolean again = !done && !resent && reused && status == 0 && Failures.isClosed(cause);
    resent |= again;
    return again;
  }

  void fail(Throwable cause) {
    finish(Failures.describe(cause), cause instanceof ForbiddenAddressException);
  }

  /** Ends the exchange, and with it the connection. */
  void abort(String error) {
    boolean wasDone = done;
    finish(error, false);
    if (!wasDone && request != null) {
      request.reset();
    }
  }

  private String text() {
    if (excerpt == null) {
      return "";
    }
    try {
      // A character that the limit cuts in two is left out rather than shown as damaged.
      CharBuffer chars = CharBuffer.allocate(EXCERPT_LIMIT);
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .decode(ByteBuffer.wrap(excerpt.getBytes()), chars, false);
      return chars.flip().toString();
    } catch (RuntimeException e) {
      return "";
    }
  }
}
