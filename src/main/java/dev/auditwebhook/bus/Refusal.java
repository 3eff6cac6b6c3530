package dev.auditwebhook.bus;

import dev.auditwebhook.endpoint.Endpoint;
import dev.auditwebhook.journal.Nodes;
import dev.auditwebhook.journal.NotKeptException;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Requests that are not served. */
final class Refusal {

  private static final Logger log = LoggerFactory.getLogger(Refusal.class);

  private Refusal() {}

  static ReplyException of(int code, String message) {
    return new ReplyException(ReplyFailure.RECIPIENT_FAILURE, code, message);
  }

  /**
   * What the requester hears of a failure.
   *
   * @param what which request it was, for the log
   */
  static ReplyException of(String what, Throwable failure) {
    if (failure instanceof ReplyException known) {
      return known;
    }
    if (failure instanceof IllegalArgumentException) {
      return of(400, failure.getMessage());
    }
    if (failure instanceof NotKeptException) {
      return of(503, "it cannot be kept now, and may be lost; ask again");
    }
    log.error("A request on {} could not be answered", what, failure);
    return of(500, "internal error, see the log");
  }

  /** Refuses what the node is to be asked that runs the endpoint. */
  static ReplyException notHere(String endpoint) {
    return of(Nodes.NOT_HERE, "another node runs the endpoint " + endpoint + "; ask again");
  }

  static boolean isNotHere(Throwable failure) {
    return failure instanceof ReplyException known && known.failureCode() == Nodes.NOT_HERE;
  }

  /** Refuses what makes no sense without a URL. */
  static void unlessEnabled(Endpoint endpoint) {
    if (!endpoint.isEnabled()) {
      throw of(409, "no webhook is set: set a URL first");
    }
  }
}
