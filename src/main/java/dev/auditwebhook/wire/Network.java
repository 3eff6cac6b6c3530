package dev.auditwebhook.wire;

import dev.auditwebhook.security.GuardedResolver;
import io.vertx.core.Vertx;
import java.util.function.LongSupplier;

/**
 * What a sender reaches its receiver with.
 *
 * @param resolver finds the addresses that connections go to
 * @param elapsed the time that has gone by since some moment, in milliseconds
 */
public record Network(Vertx vertx, GuardedResolver resolver, LongSupplier elapsed) {}
