package dev.auditwebhook.security.access;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * An admin token that is made at start. Whoever started the process reads it on the terminal; where
 * there is none, the output may be a log that others read, so the token lies in a file of the
 * process' own user instead, which is there while this verticle is deployed.
 */
public final class MadeToken extends VerticleBase {

  private static final String TOKEN = "Admin token of the audit webhook, made at start";

  private final String value = BearerToken.random();
  private final boolean terminal;
  private Path file;

  public MadeToken() {
    this(StandardOutput.isTerminal());
  }

  MadeToken(boolean terminal) {
    this.terminal = terminal;
  }

  @Override
  public Future<?> start() {
    return terminal ? Future.succeededFuture() : vertx.executeBlocking(this::write);
  }

  @Override
  public Future<?> stop() {
    return file == null
        ? Future.succeededFuture()
        : vertx.executeBlocking(() -> Files.deleteIfExists(file));
  }

  /** The token itself. */
  public String value() {
    return value;
  }

  /** Prints it, or where it lies. */
  public void show() {
    System.out.println(file == null ? TOKEN + ": " + value : TOKEN + ", is in " + file);
  }

  private Path write() {
    Path directory = Path.of(System.getProperty("java.io.tmpdir"));
    try {
      // Made with the permissions 0600, where the file system has such.
      file = Files.createTempFile(directory, "audit-webhook-", ".token").toAbsolutePath();
      file.toFile().deleteOnExit();
      return Files.writeString(file, value + "\n");
    } catch (IOException e) {
      throw new IllegalStateException(
          "http.adminToken: is empty, and the token made at start cannot be written to "
              + directory
              + ": "
              + reason(e),
          e);
    }
  }

  private static String reason(IOException failure) {
    if (failure instanceof NoSuchFileException) {
      return "no such directory";
    }
    return failure instanceof AccessDeniedException
        ? "permission denied"
        : String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }
}
