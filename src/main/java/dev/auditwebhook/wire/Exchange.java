package dev.auditwebhook.wire;

import dev.auditwebhook.security.ForbiddenAddressException;
import dev.auditwebhook.wire.format.Format;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.codec.BodyCodec;
import io.vertx.ext.web.codec.spi.BodyStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * One request and its answer, until the last byte or the deadline, whichever is first. Of the
 * answer's body it reads at most {@value #READ_LIMIT} bytes and keeps {@value
 * Answer#EXCERPT_LIMIT}, or all of them where the format reads them. At the deadline or the limit
 * it resets the request, which closes the connection.
 */
final class Exchange implements BodyCodec<Void>, Deadlines.Timed {

  static final int READ_LIMIT = 64 * 1024;

  private final Promise<Answer> answer = Promise.promise();
  private final Deadlines deadlines;
  private final Format format;
  private final String messageId;
  private final byte[] body;
  private final boolean showsCredentials;
  private final long startedNanos = System.nanoTime();
  private final Buffer kept = Buffer.buffer();
  private HttpClientRequest request;
  private Line line;
  private int status;
  private long retryAfter;
  private int keeps = Answer.EXCERPT_LIMIT;
  private long bytesRead;
  private boolean reused;
  private boolean interim;
  private boolean resent;
  private boolean done;

  /**
   * @param showsCredentials whether the receiver gets the configured headers
   */
  Exchange(
      Deadlines deadlines, Format format, String messageId, byte[] body, boolean showsCredentials) {
    this.deadlines = deadlines;
    this.format = format;
    this.messageId = messageId;
    this.body = body;
    this.showsCredentials = showsCredentials;
    deadlines.start(this);
  }

  byte[] body() {
    return body;
  }

  @Override
  public long startedNanos() {
    return startedNanos;
  }

  /** Whether the answer is there, or the deadline has passed. */
  boolean isDone() {
    return done;
  }

  Future<Answer> answer() {
    return answer.future();
  }

  /** The connection is there. False when the deadline has passed: then nothing is sent. */
  boolean sends(HttpClientRequest clientRequest, StandardHeaders headers) {
    request = clientRequest;
    line = Line.of(request.connection()).get();
    if (done) {
      line.giveBack(request);
      return false;
    }
    reused = line.use();
    // The answer's future tells as well; Vert.x logs an error where nobody listens here.
    request.exceptionHandler(broken -> {});
    if (request.version() == HttpVersion.HTTP_2) {
      request.continueHandler(v -> interim = true);
      request.earlyHintsHandler(hints -> interim = true);
    }
    request.putHeader(HttpHeaders.CONTENT_TYPE, format.contentType());
    headers.addTo(request.headers(), messageId, body, showsCredentials);
    return true;
  }

  /** The head of the answer is there. */
  void receives(HttpClientResponse response) {
    response.exceptionHandler(this::fail).handler(this::read).endHandler(v -> complete());
    if (done) {
      return;
    }
    status = response.statusCode();
    if (format.reads(status)) {
      keeps = READ_LIMIT;
    }
    if (status >= 300) {
      String value = response.getHeader(HttpHeaders.RETRY_AFTER);
      retryAfter = RetryAfter.millis(value, System.currentTimeMillis());
    }
    if (status < 200) {
      abort(null);
    } else {
      response.resume();
    }
  }

  private void complete() {
    if (stop()) {
      line.answered(request);
      tell(null, false);
    }
  }

  private boolean stop() {
    boolean stops = !done;
    done = true;
    deadlines.end(this);
    return stops;
  }

  private void tell(String error, boolean forbidden) {
    long latency = (System.nanoTime() - startedNanos) / 1_000_000;
    answer.complete(
        new Answer(
            status,
            error,
            forbidden,
            retryAfter,
            status == 0 ? null : text(),
            latency,
            resent,
            kept.getBytes()));
  }

  /**
   * Whether to send once more at once: the connection was a reused one that the receiver had
   * closed, so that no byte of an answer came.
   */
  boolean sendsAgain(Throwable cause) {
    boolean unanswered = reused && status == 0 && !interim && !line.isHeard();
    boolean again = !done && !resent && unanswered && Failures.isClosed(cause);
    resent |= again;
    return again;
  }

  void fail(Throwable cause) {
    if (stop()) {
      if (line != null) {
        line.failed();
      }
      tell(Failures.describe(cause), cause instanceof ForbiddenAddressException);
    }
  }

  /** Ends the exchange, and with it the connection. */
  @Override
  public void abort(String error) {
    if (stop()) {
      if (request != null) {
        line.cut();
        request.reset();
      }
      tell(error, false);
    }
  }

  /** Nobody waits for the answer any more: Vert.x would wait until the request is written. */
  @Override
  public void drop() {
    if (line != null) {
      line.closeNow();
    }
  }

  private String text() {
    // A character that the limit cuts in two is left out rather than shown as damaged.
    byte[] excerpt = kept.getBytes(0, Math.min(kept.length(), Answer.EXCERPT_LIMIT));
    CharBuffer chars = CharBuffer.allocate(excerpt.length);
    StandardCharsets.UTF_8
        .newDecoder()
        .onMalformedInput(CodingErrorAction.REPLACE)
        .decode(ByteBuffer.wrap(excerpt), chars, false);
    return chars.flip().toString();
  }

  private void read(Buffer data) {
    if (!done) {
      bytesRead += data.length();
      int room = keeps - kept.length();
      if (room > 0) {
        kept.appendBuffer(data, 0, Math.min(room, data.length()));
      }
      if (bytesRead > READ_LIMIT) {
        abort(null);
      }
    }
  }

  /** Never asked for: the exchange reads its answer itself. */
  @Override
  public BodyStream<Void> stream() {
    throw new UnsupportedOperationException();
  }
}
