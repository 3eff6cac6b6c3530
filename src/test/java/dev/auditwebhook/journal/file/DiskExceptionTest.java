package dev.auditwebhook.journal.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class DiskExceptionTest {

  @Test
  void everyFailureHasALine() {
    assertThat(DiskException.line(new DiskException("a cannot be read: b", new IOException("b"))))
        .isEqualTo("a cannot be read: b");
    assertThat(DiskException.line(new IllegalStateException(new IOException("one\ntwo"))))
        .isEqualTo("one");
    assertThat(DiskException.line(new NullPointerException())).isEqualTo("NullPointerException");
  }
}
