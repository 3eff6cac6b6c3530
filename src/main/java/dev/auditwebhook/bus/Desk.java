package dev.auditwebhook.bus;

import dev.auditwebhook.bus.trail.Request;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.impl.EventLoopExecutor;
import io.vertx.core.impl.VertxImpl;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Answers at addresses of the event bus. Whatever is sent there, and whatever goes wrong, the
 * sender hears of it.
 */
final class Desk {

  private final VertxInternal vertx;

  /** Whether all nodes of a cluster are served, or this one only. */
  private final boolean wholeCluster;

  private final List<Supplier<Future<Void>>> closings = new ArrayList<>();
  private Slices slices;
  private ContextInternal sliced;

  Desk(Vertx vertx, boolean wholeCluster) {
    this.vertx = (VertxInternal) vertx;
    this.wholeCluster = wholeCluster;
  }

  /** Answers one address, on the context of the caller; completed when messages arrive. */
  Future<Void> answer(String address, Function<Request, Future<JsonObject>> handler) {
    return listen(address, message -> answer(message, handler));
  }

  private Future<Void> listen(String address, Handler<Message<Object>> handler) {
    MessageConsumer<Object> consumer = consumer(address);
    closings.add(consumer::unregister);
    return consumer.handler(handler).completion();
  }

  /**
   * As {@link #answer}, for addresses that may be flooded: the event loop goes on looking at its
   * sockets. What arrives at all of them is handled in the order of its arrival.
   */
  Future<Void> answerInOrder(String address, Function<Request, Future<JsonObject>> handler) {
    return listenInOrder(address, message -> answer(message, handler));
  }

  /**
   * As {@link #answerInOrder}, for what is mostly sent without asking for a reply.
   *
   * @param handler gets what arrived and who is to have the reply, {@code null} when nobody is
   */
  Future<Void> takeInOrder(
      String address, BiConsumer<Message<Object>, Consumer<JsonObject>> handler) {
    return listenInOrder(address, message -> take(message, handler));
  }

  private Future<Void> listenInOrder(String address, Handler<Message<Object>> handler) {
    ContextInternal context = vertx.getOrCreateContext().unwrap();
    if (!context.isEventLoopContext()) {
      return listen(address, handler);
    }
    Promise<Void> heard = context.promise();
    sliced(context)
        .dispatch(
            () -> {
              MessageConsumer<Object> consumer = consumer(address);
              closings.add(() -> last(consumer, context));
              consumer
                  .handler(message -> context.dispatch(message, handler))
                  .completion()
                  .onComplete(heard);
            });
    return heard.future();
  }

  private ContextInternal sliced(ContextInternal context) {
    if (sliced == null) {
      EventLoop loop = context.nettyEventLoop();
      slices = new Slices(loop);
      sliced =
          ((VertxImpl) context.owner())
              .createContext(
                  ThreadingModel.EVENT_LOOP,
                  new EventLoopExecutor(loop),
                  slices,
                  vertx.workerPool(),
                  vertx.closeFuture(),
                  null,
                  context.classLoader());
    }
    return sliced;
  }

  /** Ends a consumer once all that was sent to it by now is handled. */
  private Future<Void> last(MessageConsumer<Object> consumer, ContextInternal context) {
    Promise<Void> ended = context.promise();
    slices.execute(() -> consumer.unregister().onComplete(ended));
    return ended.future();
  }

  private MessageConsumer<Object> consumer(String address) {
    EventBus bus = vertx.eventBus();
    return wholeCluster ? bus.consumer(address) : bus.localConsumer(address);
  }

  private static void answer(
      Message<Object> message, Function<Request, Future<JsonObject>> handler) {
    try {
      handler.apply(Request.of(message)).onComplete(message::reply, e -> fail(message, e));
    } catch (Throwable e) {
      fail(message, e);
    }
  }

  private static void take(
      Message<Object> message, BiConsumer<Message<Object>, Consumer<JsonObject>> handler) {
    try {
      handler.accept(message, message.replyAddress() == null ? null : message::reply);
    } catch (Throwable e) {
      fail(message, e);
    }
  }

  private static void fail(Message<Object> message, Throwable failure) {
    message.reply(Refusal.of(message.address(), failure));
  }

  /** Hears nothing more; completed when all that was heard is handled. Again is harmless. */
  Future<Void> close() {
    List<Future<Void>> closed = closings.stream().map(Supplier::get).toList();
    closings.clear();
    return Future.join(closed).otherwiseEmpty().mapEmpty();
  }
}
