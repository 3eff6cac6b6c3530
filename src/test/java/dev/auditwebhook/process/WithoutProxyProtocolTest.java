package dev.auditwebhook.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.HttpOptions;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

/** A host whose class path lacks the optional codec of the PROXY protocol. */
class WithoutProxyProtocolTest {

  /** What runs on the other class path. */
  static final class Host {

    public static void main(String[] args) {
      JsonObject server = new JsonObject().put("useProxyProtocol", true);
      try {
        new HttpOptions(new JsonObject().put("server", server));
      } catch (IllegalArgumentException e) {
        System.out.println(e.getMessage());
      }
      new HttpOptions(new JsonObject().put("server", server.put("useProxyProtocol", false)));
      System.out.println("good");
    }
  }

  @Test
  void itIsRefusedInOneLine() throws Exception {
    assertThat(OtherClassPath.runWithout("netty-codec-haproxy", Host.class).lines())
        .containsExactly(
            "http.server.useProxyProtocol: needs io.netty:netty-codec-haproxy on the class path",
            "good");
  }
}
