package dev.auditwebhook;

import dev.auditwebhook.security.ExactJson;
import dev.auditwebhook.security.StrictJson;
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
    try {
      Object json = ExactJson.parse(Buffer.buffer(Files.readAllBytes(file)));
      if (json instanceof JsonObject object) {
        return object;
      }
      throw refused(file, "must be a JSON object, was " + StrictJson.typeOf(json));
    } catch (NoSuchFileException e) {
      throw refused(file, "no such file");
    } catch (AccessDeniedException e) {
      throw refused(file, "must not be read: permission denied");
    } catch (IOException e) {
      throw refused(file, "cannot be read" + (Files.isDirectory(file) ? ": is a directory" : ""));
    } catch (IllegalArgumentException e) {
      throw e.getMessage().startsWith(file.toString()) ? e : refused(file, e.getMessage());
    }
  }

  private static IllegalArgumentException refused(Path file, String why) {
    return new IllegalArgumentException(file + ": " + why);
  }
}
