package dev.auditwebhook.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A JVM whose class path lacks some of the optional libraries. */
final class OtherClassPath {

  private OtherClassPath() {}

  /**
   * What a main class prints there, which must end well.
   *
   * @param jars a pattern of the names of those that are missing
   */
  static String runWithout(String jars, Class<?> main) throws Exception {
    return run(without(jars), main);
  }

  /** The class path of the tests, but for some jars. */
  static String without(String jars) {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !Path.of(entry).getFileName().toString().matches(".*(" + jars + ").*"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** What a main class prints, which must end well. */
  static String run(String classPath, Class<?> main) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(List.of(java, "-cp", classPath, main.getName()))
            .redirectErrorStream(true)
            .start();
    try {
      String output = new String(process.getInputStream().readAllBytes());
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(output).isZero();
      return output;
    } finally {
      process.destroyForcibly();
    }
  }
}
