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

  /** Damages what a store has of the n-th published event, wherever it is in its file. */
  public static void event(Path file, long n) throws IOException {
    byte[] text = ("{\"n\":" + n + "}").getBytes(StandardCharsets.UTF_8);
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
