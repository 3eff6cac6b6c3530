package dev.auditwebhook.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An HTTP/1.1 server that costs as little as can be, so that it is never what is measured: one
 * thread, keep-alive and pipelining, each request answered as soon as its last byte is there, or a
 * fixed time later. It understands {@code content-length} only.
 */
final class RawServer implements Runnable {

  private static final int HEAD_LIMIT = 16 * 1024;
  private static final byte[] LENGTH = "content-length:".getBytes(StandardCharsets.US_ASCII);

  private record Due(long nanos, Connection connection, int answers) {}

  private final ServerSocketChannel server;
  private final Selector selector;
  private final long delayNanos;
  private final ArrayDeque<Due> delayed = new ArrayDeque<>();
  private final ByteBuffer read = ByteBuffer.allocateDirect(256 * 1024);
  private final byte[] bytes = new byte[read.capacity()];
  private final AtomicLong answered = new AtomicLong();
  private volatile byte[] answer;

  private RawServer(int status, long delayMillis) throws IOException {
    status(status);
    delayNanos = TimeUnit.MILLISECONDS.toNanos(delayMillis);
    selector = Selector.open();
    server = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0), 4096);
    server.configureBlocking(false);
    server.register(selector, SelectionKey.OP_ACCEPT);
  }

  /** Starts a server on a port that the system chooses. */
  static RawServer start(int status, long delayMillis) throws IOException {
    RawServer raw = new RawServer(status, delayMillis);
    Thread thread = new Thread(raw, "raw-" + raw.port());
    thread.setDaemon(true);
    thread.start();
    return raw;
  }

  int port() {
    return server.socket().getLocalPort();
  }

  long answered() {
    return answered.get();
  }

  /** What every request is answered from now on. */
  void status(int status) {
    String head = status == 204 ? "204 No Content" : status + " Other\r\ncontent-length: 0";
    answer = ("HTTP/1.1 " + head + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void run() {
    try {
      while (server.isOpen()) {
        select();
        for (Iterator<SelectionKey> keys = selector.selectedKeys().iterator(); keys.hasNext(); ) {
          SelectionKey key = keys.next();
          keys.remove();
          if (key.isAcceptable()) {
            accept();
          } else {
            read((Connection) key.attachment());
          }
        }
        answerDue();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sleeps in whole milliseconds and waits out the rest awake, so that a delay is exact. */
  private void select() throws IOException {
    Due next = delayed.peekFirst();
    if (next == null) {
      selector.select();
      return;
    }
    long millis = (next.nanos() - System.nanoTime()) / 1_000_000;
    if (millis > 1) {
      selector.select(millis - 1);
    } else {
      selector.selectNow();
    }
  }

  private void accept() throws IOException {
    SocketChannel channel = server.accept();
    if (channel != null) {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.register(selector, SelectionKey.OP_READ, new Connection(channel));
    }
  }

  private void read(Connection connection) {
    try {
      read.clear();
      int count = connection.channel.read(read);
      if (count < 0) {
        connection.channel.close();
        return;
      }
      read.flip().get(bytes, 0, count);
      int answers = connection.take(bytes, count);
      if (answers > 0 && delayNanos > 0) {
        delayed.addLast(new Due(System.nanoTime() + delayNanos, connection, answers));
      } else if (answers > 0) {
        answer(connection, answers);
      }
    } catch (IOException e) {
      connection.close();
    }
  }

  private void answerDue() {
    long now = System.nanoTime();
    while (!delayed.isEmpty() && delayed.peekFirst().nanos() <= now) {
      Due due = delayed.pollFirst();
      try {
        answer(due.connection(), due.answers());
      } catch (IOException e) {
        due.connection().close();
      }
    }
  }

  private void answer(Connection connection, int answers) throws IOException {
    byte[] one = answer;
    ByteBuffer out = ByteBuffer.allocate(one.length * answers);
    for (int i = 0; i < answers; i++) {
      out.put(one);
    }
    out.flip();
    while (out.hasRemaining()) {
      connection.channel.write(out);
    }
    answered.lazySet(answered.get() + answers);
  }

  private static final class Connection {

    final SocketChannel channel;
    private final byte[] head = new byte[HEAD_LIMIT];
    private int headLength;
    private long bodyLeft;

    Connection(SocketChannel channel) {
      this.channel = channel;
    }

    /** Takes what came, and says how many requests ended in it. */
    int take(byte[] bytes, int count) throws IOException {
      int ended = 0;
      int at = 0;
      while (at < count) {
        if (bodyLeft > 0) {
          int step = (int) Math.min(bodyLeft, count - at);
          at += step;
          bodyLeft -= step;
          ended += bodyLeft == 0 ? 1 : 0;
        } else if (headEndsWith(bytes[at++])) {
          bodyLeft = contentLength();
          headLength = 0;
          ended += bodyLeft == 0 ? 1 : 0;
        }
      }
      return ended;
    }

    private boolean headEndsWith(byte next) throws IOException {
      if (headLength == HEAD_LIMIT) {
        throw new IOException("head too long");
      }
      head[headLength++] = next;
      return next == '\n'
          && headLength >= 4
          && head[headLength - 2] == '\r'
          && head[headLength - 3] == '\n'
          && head[headLength - 4] == '\r';
    }

    private long contentLength() {
      for (int at = 1; at < headLength - LENGTH.length; at++) {
        if (head[at - 1] == '\n' && isLengthAt(at)) {
          long length = 0;
          for (int i = at + LENGTH.length; head[i] != '\r'; i++) {
            length = head[i] == ' ' ? length : length * 10 + head[i] - '0';
          }
          return length;
        }
      }
      return 0;
    }

    private boolean isLengthAt(int at) {
      for (int i = 0; i < LENGTH.length; i++) {
        byte lower = (byte) (head[at + i] | 0x20);
        if (lower != (LENGTH[i] | 0x20)) {
          return false;
        }
      }
      return true;
    }

    void close() {
      try {
        channel.close();
      } catch (IOException e) {
        // It is gone already.
      }
    }
  }
}
