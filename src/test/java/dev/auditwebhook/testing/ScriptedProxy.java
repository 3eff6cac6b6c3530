package dev.auditwebhook.testing;

import static dev.auditwebhook.testing.Webhooks.result;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Between clients and a server of 127.0.0.1: passes on what they say, unless it is to be lost. */
public final class ScriptedProxy {

  /** What becomes of something that a client sends. */
  public enum Fate {
    /** It is passed on, and so is what is answered. */
    PASS,
    /** It is lost, and the connection with it: the server hears nothing of it. */
    LOSE_REQUEST,
    /** It is passed on, and its answer is lost, and the connection with it. */
    LOSE_ANSWER
  }

  private final NetClient client;
  private final NetServer server;
  private final AtomicInteger lost = new AtomicInteger();
  private volatile Function<Buffer, Fate> script = data -> Fate.PASS;

  private ScriptedProxy(Vertx vertx, int serverPort) {
    client = vertx.createNetClient();
    server =
        vertx
            .createNetServer()
            .connectHandler(
                near -> {
                  near.pause();
                  client
                      .connect(serverPort, "127.0.0.1")
                      .onSuccess(far -> connect(near, far))
                      .onFailure(refused -> near.close());
                });
  }

  /** Starts to listen. */
  public static ScriptedProxy start(Vertx vertx, int serverPort) {
    ScriptedProxy proxy = new ScriptedProxy(vertx, serverPort);
    result(proxy.server.listen(0, "127.0.0.1"));
    return proxy;
  }

  private void connect(NetSocket near, NetSocket far) {
    near.handler(data -> request(near, far, data));
    far.handler(near::write);
    near.closeHandler(v -> far.close());
    far.closeHandler(v -> near.close());
    near.resume();
  }

  private void request(NetSocket near, NetSocket far, Buffer data) {
    switch (script.apply(data)) {
      case PASS -> far.write(data);
      case LOSE_REQUEST -> {
        lost.incrementAndGet();
        near.handler(more -> {});
        near.close();
      }
      case LOSE_ANSWER -> {
        lost.incrementAndGet();
        near.handler(far::write);
        far.handler(answer -> near.close());
        far.write(data);
      }
    }
  }

  public int port() {
    return server.actualPort();
  }

  /** Decides what becomes of what clients send, as it comes: a whole message as a rule. */
  public void script(Function<Buffer, Fate> script) {
    this.script = script;
  }

  /** Passes on the rest. */
  public void pass() {
    script(data -> Fate.PASS);
  }

  /** How often something was lost. */
  public int lost() {
    return lost.get();
  }
}
