package dev.auditwebhook.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Bits that a disk has lost. */
public final class Damage {

  private Damage() {}

  /** Damages what a store has of an event, wherever it is in its file. */
  public static void event(Path file, long eventId) throws IOException {
    byte[] text = ("{\"event_id\":" + eventId + ",").getBytes(StandardCharsets.UTF_8);
    byte[] content = Files.readAllBytes(file);
    int found = 0;
    for (int at = 0; at + text.length <= content.length; at++) {
      if (Arrays.equals(content, at, at + text.length, text, 0, text.length)) {
        content[at] ^= 1;
        found++;
      }
    }
    assertThat(found).isPositive();
    Files.write(file, content);
  }
}
