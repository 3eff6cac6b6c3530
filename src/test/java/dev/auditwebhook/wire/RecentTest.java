package dev.auditwebhook.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class RecentTest {

  @Test
  void whatWasNotUsedForLongMakesRoom() {
    Map<Integer, String> recent = new Recent<>(3);
    for (int i = 1; i <= 300; i++) {
      recent.computeIfAbsent(1, one -> "kept");
      recent.computeIfAbsent(i, String::valueOf);
    }

    assertThat(recent)
        .containsExactly(Map.entry(299, "299"), Map.entry(1, "kept"), Map.entry(300, "300"));
  }
}
