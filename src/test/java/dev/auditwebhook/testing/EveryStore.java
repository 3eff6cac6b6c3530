package dev.auditwebhook.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * Tests that run again on the other stores, {@code file} and {@code postgres}: all is the same
 * there.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("every-store")
@net.jqwik.api.Tag("every-store")
public @interface EveryStore {}
