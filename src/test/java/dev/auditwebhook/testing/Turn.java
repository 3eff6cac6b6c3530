package dev.auditwebhook.testing;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.Callable;

/** Work in one turn of an event loop. */
public final class Turn {

  private Turn() {}

  /** Does something on a context; fails as it fails. */
  public static <T> Future<T> of(Context context, Callable<T> work) {
    Promise<T> done = Promise.promise();
    context.runOnContext(
        v -> {
          try {
            done.complete(work.call());
          } catch (Throwable e) {
            done.fail(e);
          }
        });
    return done.future();
  }
}
