package dev.auditwebhook.http.guard;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes of memory that all exchanges share. May be used from any thread. */
final class ByteBudget {

  private final long bytes;
  private final AtomicLong taken = new AtomicLong();

  ByteBudget(long bytes) {
    this.bytes = bytes;
  }

  /** What one exchange will hold of it; nothing at first. */
  Hold hold() {
    return new Hold();
  }

  /** One that asks for more than there is gets it if it is alone: it would never get it else. */
  private boolean take(long more) {
    return taken.getAndUpdate(before -> fits(before, more) ? before + more : before) <= room(more);
  }

  private boolean fits(long before, long more) {
    return before <= room(more);
  }

  private long room(long more) {
    return Math.max(0, bytes - more);
  }

  /** The share of one exchange. Who gives it back may be another thread than who takes more. */
  final class Hold {

    private final AtomicLong held = new AtomicLong();

    /** Takes more; if there is not enough, takes nothing. */
    boolean grow(long more) {
      if (more > 0) {
        if (!take(more)) {
          return false;
        }
        held.addAndGet(more);
      }
      return true;
    }

    /** Takes more, or gives back, until that much is held. */
    boolean become(long size) {
      long before = held.get();
      if (size > before) {
        return grow(size - before);
      }
      taken.addAndGet(size - held.getAndSet(size));
      return true;
    }

    void release() {
      become(0);
    }
  }
}
