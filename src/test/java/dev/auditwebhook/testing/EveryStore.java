package dev.auditwebhook.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * Tests that run again with {@code -Dwebhook.test.store=file} and {@code postgres}: delivery is the
 * same there.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("every-store")
@net.jqwik.api.Tag("every-store")
public @interface EveryStore {}
