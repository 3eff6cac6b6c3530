package dev.auditwebhook.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/** Tests that run with one store alone, though their class, or what encloses it, runs with each. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Tag("one-store")
public @interface OneStore {
  /** Why the other stores would show nothing more. */
  String value();
}
