package dev.auditwebhook.bench;

/** Something that sends events to a receiver as fast as it can. Driven by the main thread. */
interface Load extends AutoCloseable {

  /** Starts to send: there is always more to do. */
  void start();

  /** How many events were answered with 2xx so far. */
  long delivered();

  /**
   * Sends nothing more, and returns when nothing is outstanding.
   *
   * @throws IllegalStateException when an event was not delivered
   */
  void stop();

  /** The thread that makes the work for the load, which is not its own cost; 0 for none. */
  long producerThread();

  @Override
  void close();
}
