package dev.auditwebhook.bus;

import io.netty.channel.AbstractEventLoop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An event loop that takes its tasks in slices, so that a flood of them leaves it time for its
 * sockets. Netty itself may run what is queued for a second between two looks at the sockets, and
 * for as long as more arrives than it can run. Here a slice ends after so many tasks or so long;
 * then the loop looks at its sockets, then comes the next slice. Nothing is lost, all keep their
 * order, and a task that comes alone runs as soon as elsewhere.
 */
final class Slices extends AbstractEventLoop {

  /** The most tasks of a slice. */
  static final int MAX_TASKS = 2_048;

  /** How long a slice takes, up to the end of its last task, in nanoseconds. */
  static final long MAX_NANOS = 2_000_000;

  private final EventLoop loop;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicLong waiting = new AtomicLong();
  private final Runnable slice = this::slice;

  /**
   * @param loop which runs the slices, and all else that is asked of it
   */
  Slices(EventLoop loop) {
    super(loop.parent());
    this.loop = loop;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    if (waiting.getAndIncrement() == 0) {
      loop.execute(slice);
    }
  }

  private void slice() {
    long start = System.nanoTime();
    int taken = 0;
    do {
      safeExecute(tasks.remove());
      taken++;
    } while (taken < MAX_TASKS && taken < waiting.get() && System.nanoTime() - start < MAX_NANOS);
    if (waiting.addAndGet(-taken) > 0) {
      // What is due now runs in the next round of the loop, which begins with the sockets.
      loop.schedule(slice, 1, TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public boolean inEventLoop(Thread thread) {
    return loop.inEventLoop(thread);
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    return loop.schedule(command, delay, unit);
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
    return loop.schedule(callable, delay, unit);
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initialDelay, long period, TimeUnit unit) {
    return loop.scheduleAtFixedRate(command, initialDelay, period, unit);
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
    return loop.scheduleWithFixedDelay(command, initialDelay, delay, unit);
  }

  @Override
  public ChannelFuture register(Channel channel) {
    return loop.register(channel);
  }

  @Override
  public ChannelFuture register(ChannelPromise promise) {
    return loop.register(promise);
  }

  @Deprecated
  @Override
  public ChannelFuture register(Channel channel, ChannelPromise promise) {
    return loop.register(channel, promise);
  }

  @Override
  public boolean isShuttingDown() {
    return loop.isShuttingDown();
  }

  @Override
  public boolean isShutdown() {
    return loop.isShutdown();
  }

  @Override
  public boolean isTerminated() {
    return loop.isTerminated();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return loop.awaitTermination(timeout, unit);
  }

  @Override
  public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
    return loop.shutdownGracefully(quietPeriod, timeout, unit);
  }

  @Override
  public Future<?> terminationFuture() {
    return loop.terminationFuture();
  }

  @Deprecated
  @Override
  public void shutdown() {
    loop.shutdown();
  }
}
