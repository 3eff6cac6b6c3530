package dev.auditwebhook.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program that the machine may have, and that knows the files of others. */
public final class Tool {

  private Tool() {}

  /** Whether the machine has a program of that name. */
  public static boolean isThere(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  /** What it prints in a directory when it finds nothing wrong; the test is skipped without it. */
  public static String run(Path directory, String... command) throws Exception {
    assumeTrue(isThere(command[0]), "skipped: " + command[0] + " is not installed");
    return output(directory, command);
  }

  /** The same, of a program that must be there. */
  public static String output(Path directory, String... command) throws Exception {
    Path output = Files.createTempFile(directory, "output", ".txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    return Files.readString(output);
  }
}
