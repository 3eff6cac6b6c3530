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

  /** The JSON object of a file; a refusal is one line that begins with the name of the file. */
  static JsonObject read(Path file) {
    String why;
    try {
      Object json = ExactJson.parse(Buffer.buffer(Files.readAllBytes(file)));
      StrictJson.of("", json);
      return (JsonObject) json;
    } catch (IllegalArgumentException e) {
      why = e.getMessage();
    } catch (NoSuchFileException e) {
      why = "no such file";
    } catch (AccessDeniedException e) {
      why = "permission denied";
    } catch (IOException e) {
      why = Files.isDirectory(file) ? "is a directory" : "cannot be read";
    }
    throw new IllegalArgumentException(file + ": " + why);
  }
}
