package dev.auditwebhook.bench;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A bare client on one event loop: so many requests in flight, and each answer starts the next. */
abstract class ClosedLoop implements Load {

  static final int STOP_SECONDS = 30;

  final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  final Context context = vertx.getOrCreateContext();
  private final int inFlight;
  private final AtomicLong delivered = new AtomicLong();
  private int outstanding;
  private long failures;
  private volatile boolean running;
  private CountDownLatch idle;

  ClosedLoop(int inFlight) {
    this.inFlight = inFlight;
  }

  /** Posts once; the status of the answer, which has been read whole. */
  abstract Future<Integer> post();

  @Override
  public void start() {
    idle = new CountDownLatch(1);
    running = true;
    context.runOnContext(
        v -> {
          outstanding = inFlight;
          for (int i = 0; i < inFlight; i++) {
            next();
          }
        });
  }

  private void next() {
    post().onComplete(this::answered, failure -> answered(0));
  }

  private void answered(int status) {
    if (status / 100 == 2) {
      delivered.lazySet(delivered.get() + 1);
    } else {
      failures++;
      running = false;
    }
    if (running) {
      next();
    } else if (--outstanding == 0) {
      idle.countDown();
    }
  }

  @Override
  public long delivered() {
    return delivered.get();
  }

  @Override
  public void stop() {
    running = false;
    try {
      if (!idle.await(STOP_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the bare client did not come to rest");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
    if (failures > 0) {
      throw new IllegalStateException("the bare client had " + failures + " answers without 2xx");
    }
  }

  @Override
  public long producerThread() {
    return 0;
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
