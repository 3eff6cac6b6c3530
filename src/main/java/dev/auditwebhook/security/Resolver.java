package dev.auditwebhook.security;

import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;

/** Looks names up without blocking. */
public interface Resolver {

  /** All addresses of a name, at least one, or a failure. */
  Future<List<InetAddress>> resolve(String host);
}
