package dev.auditwebhook.testing;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A receiver that answers with bytes as they stand, whatever HTTP says of them. */
public final class RawReceiver {

  private static final Pattern LENGTH = Pattern.compile("(?i)content-length: *(\\d+)");

  /**
   * A request as it came.
   *
   * @param connection the number of its connection, from 1
   * @param nth the number of the request on its connection, from 1
   */
  public record Received(int connection, int nth, String body) {
    public long eventId() {
      return new JsonObject(body).getLong("event_id");
    }
  }

  private final List<Received> requests = new CopyOnWriteArrayList<>();
  private final List<NetSocket> connections = new CopyOnWriteArrayList<>();
  private final AtomicInteger open = new AtomicInteger();
  private final Function<Received, RawEffect> effects;
  private final NetServer server;

  private RawReceiver(Vertx vertx, Function<Received, RawEffect> effects) {
    this.effects = effects;
    this.server = vertx.createNetServer().connectHandler(this::connected);
  }

  /**
   * Starts to listen.
   *
   * @param effects what is done with each request
   */
  public static RawReceiver start(Vertx vertx, Function<Received, RawEffect> effects) {
    RawReceiver receiver = new RawReceiver(vertx, effects);
    Webhooks.result(receiver.server.listen(0, "127.0.0.1"));
    return receiver;
  }

  private void connected(NetSocket socket) {
    connections.add(socket);
    open.incrementAndGet();
    socket.closeHandler(closed -> open.decrementAndGet());
    new Connection(socket, connections.size()).read();
  }

  private final class Connection {
    private final NetSocket socket;
    private final int number;
    private Buffer unread = Buffer.buffer();
    private int nth;

    Connection(NetSocket socket, int number) {
      this.socket = socket;
      this.number = number;
    }

    void read() {
      socket.handler(
          data -> {
            unread.appendBuffer(data);
            while (takeOne()) {
              // Pipelined requests may come together.
            }
          });
    }

    private boolean takeOne() {
      String text = unread.toString(StandardCharsets.ISO_8859_1);
      int head = text.indexOf("\r\n\r\n");
      Matcher length = LENGTH.matcher(text);
      if (head < 0 || !length.find()) {
        return false;
      }
      int end = head + 4 + Integer.parseInt(length.group(1));
      if (text.length() < end) {
        return false;
      }
      Received received = new Received(number, ++nth, unread.getString(head + 4, end));
      unread = unread.getBuffer(end, unread.length());
      requests.add(received);
      effects.apply(received).play(socket);
      return true;
    }
  }

  /** Closes all connections that are open now. */
  public void closeConnections() {
    connections.forEach(NetSocket::close);
  }

  /** How many connections are open now. */
  public int openConnections() {
    return open.get();
  }

  /** How many connections there ever were. */
  public int connections() {
    return connections.size();
  }

  public List<Received> requests() {
    return requests;
  }

  public String url() {
    return "http://127.0.0.1:" + server.actualPort() + "/in";
  }
}
