package dev.auditwebhook.process;

import dev.auditwebhook.MainVerticle;
import dev.auditwebhook.testing.Signals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The jar's main class in a JVM of its own, with what it prints in files. */
final class JarProcess implements AutoCloseable {

  private static final int LIMIT_SECONDS = 60;

  private final Process process;
  private final Path out;
  private final Path err;

  private JarProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  static JarProcess start(Path directory, Map<String, String> environment, String... args)
      throws IOException {
    String classPath = System.getProperty("java.class.path");
    return start(directory, environment, List.of(), List.of("-cp", classPath), args);
  }

  /**
   * @param wrapper a command that runs the command which follows it
   * @param jvm options of the JVM, the class path included
   */
  static JarProcess start(
      Path directory,
      Map<String, String> environment,
      List<String> wrapper,
      List<String> jvm,
      String... args)
      throws IOException {
    List<String> command = new ArrayList<>(wrapper);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvm);
    command.add(MainVerticle.class.getName());
    command.addAll(List.of(args));
    Path out = Files.createTempFile(directory, "stdout", ".txt");
    Path err = Files.createTempFile(directory, "stderr", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("WEBHOOK_") || name.endsWith("JAVA_OPTIONS"));
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().putAll(environment);
    return new JarProcess(builder.start(), out, err);
  }

  int exitStatus() throws InterruptedException {
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("still running after " + LIMIT_SECONDS + " s: " + out() + err());
    }
    return process.exitValue();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  /** Ends it as {@code kill -9} does. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Runs on no more, until it is {@link #thaw}ed. */
  void freeze() {
    Signals.send("STOP", List.of(pid()));
  }

  void thaw() {
    Signals.send("CONT", List.of(pid()));
  }

  void terminate() {
    process.destroy();
  }

  String out() {
    return read(out);
  }

  String err() {
    return read(err);
  }

  @Override
  public void close() {
    kill();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
