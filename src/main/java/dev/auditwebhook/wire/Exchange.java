package dev.auditwebhook.wire;

import dev.auditwebhook.security.ForbiddenAddressException;
import dev.auditwebhook.wire.auth.AccessToken;
import dev.auditwebhook.wire.auth.TokenException;
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
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * One attempt on the wire: a request and its answer, until the last byte or the deadline, whichever
 * is first. At the deadline, or where a {@link Reply} reads no more, it resets the request, which
 * closes the connection. It may take a second request: when the connection turns out to be closed,
 * and when the receiver refuses its token.
 */
final class Exchange implements BodyCodec<Void>, Deadlines.Timed {

  private static final int UNAUTHORIZED = 401;

  private final Promise<Answer> answer = Promise.promise();
  private final Deadlines deadlines;
  private final Format format;
  private final String messageId;
  private final byte[] body;
  private final boolean showsCredentials;
  private final long startedNanos = System.nanoTime();
  private List<String> shown = List.of();
  private byte[] content;
  private AccessToken token;
  private String awaited;
  private Runnable renewal;
  private HttpClientRequest request;
  private Line line;
  private Reply reply;
  private boolean reused;
  private boolean interim;
  private boolean reconnected;
  private boolean renewed;
  private boolean resent;
  private boolean done;

  /**
   * @param body what is signed
   * @param showsCredentials whether the receiver gets the configured headers
   */
  Exchange(
      Deadlines deadlines, Format format, String messageId, byte[] body, boolean showsCredentials) {
    this.deadlines = deadlines;
    this.format = format;
    this.messageId = messageId;
    this.body = body;
    this.showsCredentials = showsCredentials;
    content = body;
    deadlines.start(this);
  }

  boolean showsCredentials() {
    return showsCredentials;
  }

  /** What is sent, compressed or not. */
  byte[] content() {
    return content;
  }

  /** Sends the body in its compressed form. */
  void compressed(byte[] bytes) {
    content = bytes;
  }

  /** Until it {@link #shows} one it waits for a token, of whoever has this origin. */
  void awaitsToken(String origin) {
    awaited = origin;
  }

  /**
   * Shows a token.
   *
   * @param another is run when the receiver refuses it: then it is to go again, with another one
   */
  void shows(AccessToken good, Runnable another) {
    awaited = null;
    token = good;
    renewal = another;
    resent |= renewed;
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

  /**
   * The connection is there, whether for a first request or a second one.
   *
   * @return false when nothing is sent: the deadline has passed, or it may not begin any more
   */
  boolean sends(
      HttpClientRequest clientRequest, StandardHeaders headers, BooleanSupplier mayBegin) {
    request = clientRequest;
    line = Line.of(request.connection()).get();
    if (!done && !mayBegin.getAsBoolean()) {
      stop();
      answer.complete(Answer.WITHHELD);
    }
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
    if (shown.isEmpty()) {
      shown = headers.confidential();
    }
    if (content != body) {
      request.putHeader(HttpHeaders.CONTENT_ENCODING, "gzip");
    }
    if (token != null) {
      request.putHeader(HttpHeaders.AUTHORIZATION, token.authorization());
      shown = Stream.concat(shown.stream(), Stream.of(token.authorization())).toList();
    }
    return true;
  }

  /** The head of the answer is there. */
  void receives(HttpClientResponse response) {
    Reply latest = new Reply(response, format.reads(response.statusCode()));
    // What still comes of an answer that was left for a second request concerns nobody.
    response
        .exceptionHandler(
            cause -> {
              if (latest == reply) {
                fail(cause);
              }
            })
        .handler(data -> read(latest, data))
        .endHandler(
            v -> {
              if (latest == reply && !done) {
                line.answered(request);
                end();
              }
            });
    if (done) {
      return;
    }
    reply = latest;
    if (reply.status() < 200) {
      endEarly();
    } else {
      response.resume();
    }
  }

  private void read(Reply from, Buffer data) {
    if (from == reply && !done && !from.read(data)) {
      endEarly();
    }
  }

  /** No more is read of the answer, and the connection ends: a reset is heard as a failure. */
  private void endEarly() {
    HttpClientRequest ended = request;
    line.cut();
    end();
    ended.reset();
  }

  /** What there is of the answer is all that is read of it. */
  private void end() {
    if (reply.status() == UNAUTHORIZED && renewal != null && !renewed) {
      renewed = true;
      request = null;
      line = null;
      reply = null;
      interim = false;
      renewal.run();
    } else if (stop()) {
      tell(null, false, reply.retryAfter());
    }
  }

  private boolean stop() {
    boolean stops = !done;
    done = true;
    deadlines.end(this);
    return stops;
  }

  private void tell(String error, boolean refused, long retryAfter) {
    answer.complete(
        new Answer(
            reply == null ? 0 : reply.status(),
            error,
            refused,
            retryAfter,
            reply == null ? null : reply.excerpt(),
            (System.nanoTime() - startedNanos) / 1_000_000,
            resent,
            reply == null ? new byte[0] : reply.body(),
            shown));
  }

  /**
   * Whether to send once more at once: the connection was a reused one that the receiver had
   * closed, so that no byte of an answer came.
   */
  boolean sendsAgain(Throwable cause) {
    boolean unanswered = reused && reply == null && !interim && !line.isHeard();
    boolean again = !done && !reconnected && unanswered && Failures.isClosed(cause);
    reconnected |= again;
    resent |= again;
    return again;
  }

  void fail(Throwable cause) {
    if (stop()) {
      if (line != null) {
        line.failed();
      }
      long retryAfter = reply == null ? 0 : reply.retryAfter();
      boolean refused = cause instanceof ForbiddenAddressException;
      if (cause instanceof TokenException none) {
        refused = none.isRefused();
        retryAfter = RetryAfter.millis(none.retryAfter(), System.currentTimeMillis());
      }
      tell(Failures.describe(cause), refused, retryAfter);
    }
  }

  /** Ends the exchange, and with it the connection. */
  @Override
  public void abort(String error) {
    if (stop()) {
      cut();
      long retryAfter = reply == null ? 0 : reply.retryAfter();
      tell(awaited == null ? error : Failures.noToken(awaited, error), false, retryAfter);
    }
  }

  private void cut() {
    if (request != null) {
      line.cut();
      request.reset();
    }
  }

  /** Nobody waits for the answer any more: Vert.x would wait until the request is written. */
  @Override
  public void drop() {
    if (line != null) {
      line.closeNow();
    }
  }

  /** Never asked for: the exchange reads its answer itself. */
  @Override
  public BodyStream<Void> stream() {
    throw new UnsupportedOperationException();
  }
}
