package dev.auditwebhook.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.auditwebhook.HttpOptions;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Posts newline-delimited JSON entries to a running service, one after the other.
 *
 * <p>The bytes of a line are sent as they are; blank lines are left out. A line that the service
 * has no room for is sent again until there is.
 */
final class Emit {

  private final EmitClient client;
  private final PrintStream out;
  private final PrintStream err;
  private long lineNumber;
  private long accepted;
  private long discarded;
  private long rejected;
  private boolean waited;

  Emit(EmitClient client, PrintStream out, PrintStream err) {
    this.client = client;
    this.out = out;
    this.err = err;
  }

  /** For the service that these options start; a refusal says in one line what is missing. */
  static Emit to(HttpOptions http, boolean adminTokenFirst) {
    if (http.getPort() == 0) {
      throw new IllegalArgumentException(
          "http.port: is 0, which names no service; set WEBHOOK_HTTP_PORT");
    }
    boolean ingest = http.getIngestToken() != null && !adminTokenFirst;
    String token = ingest ? http.getIngestToken() : http.getAdminToken();
    if ("".equals(token)) {
      throw new IllegalArgumentException(
          "http.adminToken: is empty, and so known to the running service alone;"
              + " set WEBHOOK_INGEST_TOKEN or WEBHOOK_ADMIN_TOKEN");
    }
    String url = Service.url(http, http.getPort());
    EmitClient client =
        new EmitClient(
            url, token, ServiceCertificate.pinned(http).map(ServiceCertificate::context));
    return new Emit(client, System.out, System.err);
  }

  /**
   * Sends every line of a file, or of standard input for {@code null} and {@code -}; gives the exit
   * status, 1 when a line was rejected. What ends it early is an exception of one line.
   */
  int run(String file) throws IOException, InterruptedException {
    if (file == null || file.equals("-")) {
      return run(System.in);
    }
    Path path = Path.of(file);
    if (!Files.isReadable(path) || Files.isDirectory(path)) {
      throw new IOException(file + ": no such file, or it cannot be read");
    }
    try (InputStream in = Files.newInputStream(path)) {
      return run(in);
    }
  }

  int run(InputStream source) throws IOException, InterruptedException {
    InputStream in = new BufferedInputStream(source, 1 << 16);
    for (byte[] line = readLine(in); line != null; line = readLine(in)) {
      lineNumber++;
      if (!new String(line, US_ASCII).matches("[ \t\r]*")) {
        count(taken(line));
      }
    }
    summary();
    return rejected == 0 ? 0 : 1;
  }

  private EmitClient.Reply taken(byte[] line) throws IOException, InterruptedException {
    try {
      EmitClient.Reply reply = client.post(line);
      for (; reply.isBusy(); reply = client.post(line)) {
        if (!waited) {
          waited = true;
          err.println(
              "line " + lineNumber + ": " + reply.problem() + "; sending again until taken");
        }
        reply.pause();
      }
      return reply;
    } catch (IOException e) {
      if (accepted + rejected > 0) {
        summary();
      }
      throw new IOException(e.getMessage() + " (line " + lineNumber + " was not taken)", e);
    }
  }

  private void count(EmitClient.Reply reply) {
    if (reply.isAccepted()) {
      accepted++;
      discarded += reply.isDiscarded() ? 1 : 0;
    } else {
      rejected++;
      err.println("line " + lineNumber + ": " + reply.problem());
    }
  }

  private void summary() {
    if (discarded > 0) {
      String why = "no webhook is set, or 'actions' leaves them out";
      err.println(discarded + " of the accepted were discarded: " + why);
    }
    out.println("accepted " + accepted + ", rejected " + rejected);
  }

  /** The bytes up to the next line feed, without it; {@code null} at the end. */
  private static byte[] readLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = in.read();
    if (next < 0) {
      return null;
    }
    for (; next >= 0 && next != '\n'; next = in.read()) {
      line.write(next);
    }
    return line.toByteArray();
  }
}
