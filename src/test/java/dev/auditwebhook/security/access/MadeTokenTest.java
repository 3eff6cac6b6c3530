package dev.auditwebhook.security.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MadeTokenTest {

  private final PrintStream console = System.out;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final Vertx vertx = Vertx.vertx();

  @BeforeEach
  void capture() {
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void close() {
    System.setOut(console);
    vertx.close().await();
  }

  private String printed() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  @Test
  void isPrintedOnATerminalAndWrittenNowhere() {
    MadeToken made = new MadeToken(true);
    vertx.deployVerticle(made).await();
    assertThat(printed()).isEmpty();
    made.show();
    assertThat(printed())
        .isEqualTo("Admin token of the audit webhook, made at start: " + made.value() + "\n");
    vertx.close().await();
  }

  @Test
  void liesInAFileWhereThereIsNoTerminalUntilTheEnd() throws Exception {
    MadeToken made = new MadeToken(false);
    vertx.deployVerticle(made).await();
    made.show();
    Matcher line =
        Pattern.compile("Admin token of the audit webhook, made at start, is in (/\\S+)\n")
            .matcher(printed());
    assertThat(line.matches()).as(printed()).isTrue();
    Path file = Path.of(line.group(1));
    assertThat(Files.readString(file)).isEqualTo(made.value() + "\n");
    vertx.close().await();
    assertThat(file).doesNotExist();
  }
}
