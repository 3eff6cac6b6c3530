package dev.auditwebhook.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark still runs; its figures here mean nothing. */
class BenchTest {

  @TempDir Path directory;

  @Test
  void measuresAndWritesTheFigures() throws Exception {
    Path json = directory.resolve("figures.json");
    List<String> rows =
        List.of(
            "signed",
            "latency",
            "publish",
            "parked",
            "backoff",
            "endpoints",
            "heap-endpoints",
            "one-down",
            "many-endpoints",
            "postgres",
            "postgres-across",
            "postgres-parked");
    Arguments arguments = new Arguments(Plan.SMOKE, json, rows, null, null);

    new Bench(arguments, new PrintStream(OutputStream.nullOutputStream())).run();

    JsonObject figures = new JsonObject(Files.readString(json));
    assertThat(figures.getJsonArray("rows"))
        .hasSizeGreaterThan(rows.size())
        .allSatisfy(
            row -> assertThat(((JsonObject) row).getDouble("module")).isNotNull().isPositive());
  }

  @Test
  void saysWhatIsWrongWithItsArguments() {
    assertThatThrownBy(() -> Arguments.of(List.of("--json"))).hasMessage("--json needs a value");
    assertThatThrownBy(() -> Arguments.of(List.of("--only", "nothing")))
        .hasMessageStartingWith("--only nothing: none of unsigned, signed");
    assertThatThrownBy(() -> Arguments.of(List.of("--fast"))).hasMessage("unknown option: --fast");
  }
}
