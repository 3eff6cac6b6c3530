package dev.auditwebhook.wire.format;

import java.util.List;
import java.util.function.LongFunction;

/** How one kind of receiver takes events, and what its answers say of each of them. */
public interface Format {

  /** The media type of a body. */
  String contentType();

  /**
   * What is sent for some events, the same at every attempt.
   *
   * @param events at least one, in {@code event_id} order
   * @param messageIds gives the message id of an event
   */
  byte[] body(List<Event> events, LongFunction<String> messageIds);

  /** About how many bytes an event adds to a body, not less than it does. */
  int sizeOf(Event event);

  /** The most events that the receiver takes in a request. */
  default int maxEvents() {
    return Integer.MAX_VALUE;
  }

  /** Whether {@link #read} looks at the body of an answer with such a status. */
  default boolean reads(int status) {
    return false;
  }

  /**
   * What an answer says of its events beyond what its status says.
   *
   * @param body of the answer, perhaps only its beginning
   * @param events how many were sent
   * @return none when the status has its usual meaning, one that holds for all events, or one for
   *     each in their order
   */
  default List<Finding> read(int status, byte[] body, int events) {
    return List.of();
  }
}
