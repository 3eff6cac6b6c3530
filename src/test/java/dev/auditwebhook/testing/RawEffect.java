package dev.auditwebhook.testing;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetSocket;

/** What a raw receiver does with one request: bytes as they stand, whatever HTTP says of them. */
@FunctionalInterface
public interface RawEffect {

  void play(NetSocket socket);

  /** Writes bytes. */
  static RawEffect bytes(String bytes) {
    return socket -> socket.write(bytes);
  }

  /** The whole of an answer without a body. */
  static RawEffect noContent() {
    return bytes("HTTP/1.1 204 No Content\r\n\r\n");
  }

  /** Takes the request and says nothing. */
  static RawEffect silence() {
    return socket -> {};
  }

  /** Closes the connection instead of an answer. */
  static RawEffect close() {
    return NetSocket::close;
  }

  /** Writes bytes, and closes the connection behind them. */
  static RawEffect bytesAndClose(String bytes) {
    return socket -> socket.write(bytes).onComplete(sent -> socket.close());
  }

  /** This effect and then another one. */
  default RawEffect then(RawEffect next) {
    return socket -> {
      play(socket);
      next.play(socket);
    };
  }

  /** The same effect, later. */
  default RawEffect after(long millis) {
    return socket -> Vertx.currentContext().owner().setTimer(millis, id -> play(socket));
  }
}
