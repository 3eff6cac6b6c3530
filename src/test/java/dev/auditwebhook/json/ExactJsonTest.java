package dev.auditwebhook.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExactJsonTest {

  @Test
  void readsEveryTypeOfValue() {
    assertThat(parse("{\"a\":[1,null,true,\"x\"]}"))
        .isEqualTo(new JsonObject().put("a", new JsonArray().add(1).addNull().add(true).add("x")));
    assertThat(parse(" [] ")).isEqualTo(new JsonArray());
    assertThat(parse("\"\\ud83d\\ude00 \u00e9\"")).isEqualTo("\ud83d\ude00 \u00e9");
    assertThat(parse("null")).isNull();
    assertThat(parse("-7")).isEqualTo(-7);
    assertThat(parse("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void keepsNumbersAsTheyAre() {
    assertThat(parse("9223372036854775808")).isEqualTo(new BigInteger("9223372036854775808"));
    assertThat(parse("0.1234567890123456789")).isEqualTo(new BigDecimal("0.1234567890123456789"));
    assertThat(parse("1e400")).isEqualTo(new BigDecimal("1e400"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"n\":9223372036854775808}",
        "{\"n\":0.1234567890123456789}",
        "{\"n\":1E+400}",
        "{\"n\":1E-999999999}",
        "{\"n\":[1.10,{\"m\":-123456789012345678901234567890.5}]}"
      })
  void numbersSurviveTheBusCopyAndTheWriter(String text) {
    assertThat(((JsonObject) parse(text)).copy().encode()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"hunter2\":1,\"b\":2,\"hunter2\":3}",
        "{\"hunter2\":null,\"hunter2\":null}",
        "[1,{\"a\":{\"hunter2\":[],\"hunter2\":[]}}]",
        "{\"hunter2\":1,\"\\u0068unter2\":1}"
      })
  void aKeyThatIsThereTwiceIsRefusedAtAnyDepth(String text) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("a key is there twice in one object \\(line 1, column [0-9]+\\)");
  }

  @Test
  void theSameKeyInTwoObjectsIsNoRepeat() {
    assertThat(parse("{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"a\":2}]}"))
        .hasToString("{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"a\":2}]}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "}",
        "[1,]",
        "{\"a\"}",
        "{a:1}",
        "{'a':1}",
        "01",
        "1.",
        ".5",
        "+1",
        "NaN",
        "Infinity",
        "-",
        "1e",
        "1 2",
        "[] []",
        "nul",
        "truee",
        "// no\n1",
        "/**/1",
        "\"\t\"",
        "\"\\x\"",
        "\"",
        "\ufeff1",
        "\"\\ud83d\"",
        "\"\\ude00\\ud83d\"",
        "{\"\\ud83d\":1}",
        "1e99999999999",
        "1e-99999999999",
        "\u0000"
      })
  void refusesWhatIsNotJson(String text) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("[^\\n]+");
  }

  @Test
  void refusesOtherEncodings() {
    for (int first : new int[] {0x80, 0xc0, 0xff, 0xfe}) {
      Buffer bytes = Buffer.buffer(new byte[] {'"', (byte) first, '"'});
      assertThatThrownBy(() -> ExactJson.parse(bytes)).hasMessage("not UTF-8");
    }
    Buffer halfPair = Buffer.buffer(new byte[] {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'});
    assertThatThrownBy(() -> ExactJson.parse(halfPair)).hasMessage("not UTF-8");
    assertThatThrownBy(() -> ExactJson.parse(Buffer.buffer("{}", "UTF-16")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void boundsDepthAndNumbers() {
    int most = ExactJson.MAX_DEPTH;
    assertThat(parse("[".repeat(most) + "]".repeat(most))).isInstanceOf(JsonArray.class);
    assertThatThrownBy(() -> parse("[".repeat(most + 1) + "]".repeat(most + 1)))
        .hasMessageContaining("more than 900 levels");
    assertThatThrownBy(() -> parse("[".repeat(100_000)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> parse("{\"a\":".repeat(100_000)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(parse("9".repeat(1000))).isEqualTo(new BigInteger("9".repeat(1000)));
    assertThatThrownBy(() -> parse("9".repeat(1001))).hasMessageContaining("1000 characters");
  }

  @Test
  void takesLongKeysAndStrings() {
    String longText = "k".repeat(200_000);
    assertThat(((JsonObject) parse("{\"" + longText + "\":\"" + longText + "\"}")).getMap())
        .containsEntry(longText, longText);
  }

  @Test
  void repeatsNothingOfTheText() {
    assertThatThrownBy(() -> parse("{\"token\":\"hunter2\",hunter2}"))
        .hasMessageNotContaining("hunter2")
        .hasMessageContaining("line 1, column");
  }

  private static Object parse(String text) {
    return ExactJson.parse(Buffer.buffer(text));
  }
}
