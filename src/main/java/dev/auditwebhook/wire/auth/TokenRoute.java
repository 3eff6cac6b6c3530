package dev.auditwebhook.wire.auth;

import dev.auditwebhook.security.UrlPolicy.Destination;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import java.net.InetAddress;
import java.util.function.IntFunction;

/**
 * The way to a token URL.
 *
 * @param client makes the connections, one a request
 * @param addresses gives a vetted address for the request of a number, or {@code null} where a
 *     proxy finds it
 * @param timeout of a request, in milliseconds
 */
public record TokenRoute(
    Vertx vertx,
    Destination destination,
    HttpClientAgent client,
    IntFunction<Future<InetAddress>> addresses,
    long timeout) {}
