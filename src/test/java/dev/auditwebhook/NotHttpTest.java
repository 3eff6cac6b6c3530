package dev.auditwebhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.testing.WebhookTest;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Receivers that speak something else, or HTTP that is not to be believed. */
class NotHttpTest extends WebhookTest {

  private void deployAgainst(String answer) {
    NetServer server =
        result(
            elsewhere
                .createNetServer()
                .connectHandler(
                    socket -> socket.handler(request -> socket.end(Buffer.buffer(answer))))
                .listen(0, "127.0.0.1"));
    deploy(options().setUrl("http://127.0.0.1:" + server.actualPort() + "/"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"SSH-2.0-OpenSSH_9.2\r\n", "\r\n\r\nhello\r\n", "HTTP/1.1 two hundred\r\n\r\n"})
  void anAnswerThatIsNotHttpIsARetryThatSaysSo(String answer) {
    deployAgainst(answer);

    publish(1);

    assertThat(awaitSettled(1).failed()).isEqualTo(1);
    WebhookClient.DeadLetter letter = result(client.deadLetters(1, 0)).get(0);
    assertThat(letter.attempts()).isEqualTo(3);
    assertThat(letter.error()).startsWith("the answer is not HTTP from http://127.0.0.1:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"
      })
  void anInterimAnswerIsFollowedByTheFinalOne(String answer) {
    deployAgainst(answer);

    publish(1);

    assertThat(awaitSettled(1).delivered()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\n\r\n"
      })
  void aFinalAnswerThatIsNoSuccessIsNotTakenForOne(String answer) {
    deployAgainst(answer);

    publish(1);

    assertThat(awaitSettled(1).failed()).isEqualTo(1);
  }
}
