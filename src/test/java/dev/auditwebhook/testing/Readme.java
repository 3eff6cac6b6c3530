package dev.auditwebhook.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The manual, as tests read it. */
public final class Readme {

  private static final Path FILE = Path.of("README.md");
  private static final Pattern HEADING = Pattern.compile("(?m)^(?=## )");

  private Readme() {}

  /** The whole text. */
  public static String text() {
    try {
      return Files.readString(FILE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A chapter, from its heading to the next. */
  public static String chapter(String heading) {
    return HEADING
        .splitAsStream(text())
        .filter(chapter -> chapter.startsWith("## " + heading + "\n"))
        .findFirst()
        .orElseThrow(() -> new AssertionError("README.md has no chapter " + heading));
  }

  /** The headings of chapters. */
  public static List<String> chapters() {
    return HEADING
        .splitAsStream(text())
        .filter(chapter -> chapter.startsWith("## "))
        .map(chapter -> chapter.lines().findFirst().orElseThrow().substring(3))
        .toList();
  }

  /** The commands of a chapter: its indented lines that start with {@code curl}. */
  public static List<String> curlCommands(String heading) {
    return chapter(heading)
        .lines()
        .filter(line -> line.startsWith("    "))
        .map(String::strip)
        .filter(line -> line.startsWith("curl "))
        .toList();
  }
}
