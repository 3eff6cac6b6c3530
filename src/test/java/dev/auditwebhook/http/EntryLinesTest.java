package dev.auditwebhook.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.auditwebhook.http.guard.Problem;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntryLinesTest {

  private static List<String> read(String body) {
    EntryLines lines = new EntryLines(Buffer.buffer(body));
    List<String> read = new ArrayList<>();
    for (Buffer line = lines.next(); line != null; line = lines.next()) {
      read.add(line.toString());
    }
    assertThat(lines.count()).isEqualTo(read.size());
    assertThat(lines.next()).isNull();
    return read;
  }

  @Test
  void eachLineIsAnEntryAsItIs() {
    assertThat(read("{\"a\":1}\n {\"b\":\"\u00fc\"} \r\n3"))
        .containsExactly("{\"a\":1}", " {\"b\":\"\u00fc\"} \r", "3");
  }

  @Test
  void theLastOneNeedsNoLineFeed() {
    assertThat(read("1\n2")).containsExactly("1", "2");
    assertThat(read("1\n2\n")).containsExactly("1", "2");
  }

  @Test
  void blankLinesAreNoEntries() {
    assertThat(read("\n\n1\n \t\r\n2\n\n")).containsExactly("1", "2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", " \r\n\n\t"})
  void aBodyWithoutAnyIs400(String body) {
    assertThatThrownBy(() -> read(body))
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.status()).isEqualTo(400));
  }

  @Test
  void aThousandAreTakenAndOneMoreIs413() {
    assertThat(read("1\n".repeat(1_000))).hasSize(1_000);
    assertThatThrownBy(() -> read("1\n\n".repeat(1_001)))
        .hasMessage("the body has 1001 entries, more than 1000; none was taken")
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.status()).isEqualTo(413));
  }
}
