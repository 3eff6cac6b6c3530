package dev.auditwebhook.http.guard;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How long answers to wrong tokens are held back: a peer that goes on trying waits longer and
 * longer. Its first tries are answered at once; after a minute without one it is forgotten.
 *
 * <p>The routers of a host may run on several event loops at once, hence the lock, which is held
 * for a few look-ups in memory.
 */
public final class UnauthorizedThrottle {

  /** What {@link #hold} gives when an answer is neither to wait nor to be followed by others. */
  static final long TOO_MANY = -1;

  /** The longest that an answer is held back, in milliseconds. */
  public static final long LONGEST = 5_000;

  static final int FREE_TRIES = 5;
  static final long FIRST_DELAY = 100;
  static final int MAX_WAITING = 16;
  static final int MAX_WAITING_OF_ALL = 256;
  static final int MAX_PEERS = 10_000;
  static final long FORGOTTEN_AFTER = 60_000;

  private final long longest;
  private final LongSupplier clock;
  private int waiting;
  private final Map<String, Tries> peers =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Tries> eldest) {
          return size() > MAX_PEERS;
        }
      };

  /** A throttle that holds an answer back for at most a time, in milliseconds; 0 for never. */
  public UnauthorizedThrottle(long longest) {
    this(longest, () -> System.nanoTime() / 1_000_000);
  }

  UnauthorizedThrottle(long longest, LongSupplier clock) {
    this.longest = longest;
    this.clock = clock;
  }

  /**
   * Counts a wrong token of a peer, and gives for how many milliseconds its answer is to be held
   * back; then {@link #release} is to be called. 0 is to answer at once, {@link #TOO_MANY} to close
   * the connection with the answer, as too many are held back already.
   */
  synchronized long hold(String peer) {
    Tries tries = peers.computeIfAbsent(peer, first -> new Tries());
    long now = clock.getAsLong();
    if (now - tries.last >= FORGOTTEN_AFTER) {
      tries.count = 0;
    }
    tries.last = now;
    tries.count++;
    if (tries.count <= FREE_TRIES || longest == 0) {
      return 0;
    }
    if (tries.waiting >= MAX_WAITING || waiting >= MAX_WAITING_OF_ALL) {
      return TOO_MANY;
    }
    tries.waiting++;
    waiting++;
    int doublings = Math.min(tries.count - FREE_TRIES - 1, 30);
    return Math.min(longest, FIRST_DELAY << doublings);
  }

  /** Says that an answer is held back no longer. */
  synchronized void release(String peer) {
    waiting--;
    Tries tries = peers.get(peer);
    if (tries != null && tries.waiting > 0) {
      tries.waiting--;
    }
  }

  private static final class Tries {
    private int count;
    private int waiting;
    private long last;
  }
}
