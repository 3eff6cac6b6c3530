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
  private static final Pattern CELL = Pattern.compile("(?<!\\\\)\\|");
  private static final Pattern SECTION = Pattern.compile("(?m)^(?=### )");

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

  /** A section of a chapter, from its heading to the next. */
  public static String section(String chapter, String heading) {
    return SECTION
        .splitAsStream(chapter(chapter))
        .filter(section -> section.startsWith("### " + heading + "\n"))
        .findFirst()
        .orElseThrow(() -> new AssertionError(chapter + " has no section " + heading));
  }

  /** The headings of the sections of a chapter. */
  public static List<String> sections(String chapter) {
    return SECTION
        .splitAsStream(chapter(chapter))
        .filter(section -> section.startsWith("### "))
        .map(section -> section.lines().findFirst().orElseThrow().substring(4))
        .toList();
  }

  /** The fenced blocks of a language in a text. */
  public static List<String> blocks(String text, String language) {
    return Pattern.compile("(?ms)^```" + language + "\n(.*?)^```$")
        .matcher(text)
        .results()
        .map(block -> block.group(1))
        .toList();
  }

  /** The rows of the tables in a text, by cells. */
  public static List<List<String>> rows(String text) {
    return text.lines()
        .filter(line -> line.startsWith("| "))
        .map(line -> CELL.splitAsStream(line.substring(1)).map(String::strip).toList())
        .toList();
  }

  /** What stands between backticks in a text. */
  public static List<String> quoted(String text) {
    return Pattern.compile("`([^`]+)`")
        .matcher(text)
        .results()
        .map(quote -> quote.group(1))
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
