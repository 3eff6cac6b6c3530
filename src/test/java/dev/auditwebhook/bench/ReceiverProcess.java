package dev.auditwebhook.bench;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The {@link Receiver} as a child process. */
final class ReceiverProcess implements AutoCloseable {

  private static final List<String> FLAGS = List.of("-Xms128m", "-Xmx128m", "-XX:+UseSerialGC");

  private final Process process;
  private final BufferedReader out;
  private final Writer in;
  private final JsonObject ports;
  private final String fastUrl;

  private ReceiverProcess(String otherUrl) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Receiver.class.getName()));
    process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
    out = process.inputReader(StandardCharsets.US_ASCII);
    in = process.outputWriter(StandardCharsets.US_ASCII);
    ports = readLine();
    fastUrl = otherUrl != null ? otherUrl : url("fast");
  }

  /**
   * Starts it.
   *
   * @param otherUrl takes the place of the fast receiver, {@code null} for our own
   */
  static ReceiverProcess start(String otherUrl) throws IOException {
    return new ReceiverProcess(otherUrl);
  }

  /** Answers 204 at once. */
  String fast() {
    return fastUrl;
  }

  /** Answers 204 after {@value Receiver#DELAY_MILLIS} ms. */
  String slow() {
    return url("slow");
  }

  /** Answers what {@link #switchTo} said last; 503 at first. */
  String switched() {
    return url("switched");
  }

  /** Answers 204 at once over HTTP/2 without TLS. */
  String http2() {
    return url("http2");
  }

  private String url(String name) {
    return "http://127.0.0.1:" + ports.getInteger(name) + "/in";
  }

  void switchTo(int status) {
    try {
      in.write("status " + status + "\n");
      in.flush();
      readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JsonObject readLine() throws IOException {
    String line = out.readLine();
    if (line == null) {
      throw new IOException("the receiver's process has ended");
    }
    return new JsonObject(line);
  }

  @Override
  public void close() {
    try {
      in.close();
      if (process.waitFor(5, TimeUnit.SECONDS)) {
        return;
      }
    } catch (IOException e) {
      // Its input is closed already.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}
