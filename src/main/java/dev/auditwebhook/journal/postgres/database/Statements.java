package dev.auditwebhook.journal.postgres.database;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** The SQL that is kept in resources, for one schema; each text is read once. */
final class Statements {

  private static final String FOLDER = "/dev/auditwebhook/postgres/";

  private final String schema;
  private final Map<String, String> read = new HashMap<>();

  /**
   * @param schema its name
   */
  Statements(String schema) {
    this.schema = '"' + schema.replace("\"", "\"\"") + '"';
  }

  /** The text of a name, with the name of the schema, quoted, for {@code {schema}}. */
  String sql(String name) {
    return read.computeIfAbsent(name, this::load);
  }

  private String load(String name) {
    try (InputStream in = Statements.class.getResourceAsStream(FOLDER + name + ".sql")) {
      if (in == null) {
        throw new IllegalArgumentException("no statement " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("{schema}", schema);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
