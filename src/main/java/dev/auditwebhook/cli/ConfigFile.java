package dev.auditwebhook.cli;

import dev.auditwebhook.json.ExactJson;
import dev.auditwebhook.json.StrictJson;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads the configuration file. */
final class ConfigFile {

  private ConfigFile() {}

  /**
   * The JSON object of a file.
   *
   * @throws IllegalArgumentException in one line that begins with the name of the file
   */
  static JsonObject read(Path file) {
    Object json = parse(file, bytes(file));
    if (json instanceof JsonObject object) {
      return object;
    }
    throw refused(file, "must be a JSON object, was " + StrictJson.typeOf(json));
  }

  private static Object parse(Path file, byte[] bytes) {
    try {
      return ExactJson.parse(Buffer.buffer(bytes));
    } catch (IllegalArgumentException e) {
      throw refused(file, e.getMessage());
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw refused(file, "no such file");
    } catch (AccessDeniedException e) {
      throw refused(file, "permission denied");
    } catch (IOException e) {
      throw refused(file, Files.isDirectory(file) ? "is a directory" : "cannot be read");
    }
  }

  private static IllegalArgumentException refused(Path file, String why) {
    return new IllegalArgumentException(file + ": " + why);
  }
}
