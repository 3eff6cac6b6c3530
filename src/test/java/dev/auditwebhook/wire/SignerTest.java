package dev.auditwebhook.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import dev.auditwebhook.security.SigningKey;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SignerTest {

  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void theKnownAnswersOfTheStandardWebhooksLibraries() {
    assertThat(
            new Signer(List.of(SECRET))
                .signature(
                    "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", bytes("{\"test\": 2432232314}")))
        .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    assertThat(
            new Signer(List.of(OTHER))
                .signature(
                    "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
                    "1649367553",
                    bytes("{\"email\":\"test@example.com\",\"username\":\"test_user\"}")))
        .isEqualTo("v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=");
  }

  @Test
  void whileASecretIsRotatedTheVerifierAcceptsEither() throws Exception {
    long now = System.currentTimeMillis() / 1000;
    String body = "{\"event_id\":1,\"action\":\"ключ\"}";
    String signature =
        new Signer(List.of(OTHER, SECRET)).signature("msg_1", Long.toString(now), bytes(body));
    assertThat(signature.split(" ")).hasSize(2);
    HttpHeaders headers =
        HttpHeaders.of(
            Map.of(
                "webhook-id", List.of("msg_1"),
                "webhook-timestamp", List.of(Long.toString(now)),
                "webhook-signature", List.of(signature)),
            (name, value) -> true);
    new Webhook(SECRET).verify(body, headers);
    new Webhook(OTHER).verify(body, headers);
    assertThatThrownBy(() -> new Webhook(SECRET).verify(body + " ", headers)).isNotNull();
  }

  @Test
  void thePlainFormIsKeyedWithTheTextOfTheFirstSecret() {
    // printf %s body | openssl dgst -sha256 -hmac "$SECRET"
    assertThat(new Signer(List.of(SECRET, OTHER)).plain(bytes("body")))
        .isEqualTo("87b7bcdd672d056b7380c5ae3ffd9cffbd91c8c28a318f8e754373a544999bb5");
  }

  @Test
  void withoutASecretNothingIsSigned() {
    assertThat(new Signer(List.of()).signs()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "'', must not be empty",
    "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw, must begin with whsec_",
    "whsec_, 'must be 24 to 64 bytes in base64 after whsec_, was 0'",
    "whsec_MfKQ9r8G, 'must be 24 to 64 bytes in base64 after whsec_, was 6'",
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa$w, must be base64 after whsec_",
    "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw, must begin with whsec_"
  })
  void badSecretsAreRefusedAndNotShown(String secret, String reason) {
    assertThatThrownBy(() -> SigningKey.of(secret)).hasMessage(reason).hasNoCause();
  }

  @Test
  void aSecretHas24To64Bytes() {
    for (int length : new int[] {24, 32, 64}) {
      assertThat(SigningKey.of(secretOf(length))).hasSize(length);
    }
    for (int length : new int[] {23, 65}) {
      assertThatThrownBy(() -> SigningKey.of(secretOf(length)))
          .hasMessageEndingWith("was " + length);
    }
  }

  private static String secretOf(int length) {
    return "whsec_" + Base64.getEncoder().encodeToString(new byte[length]);
  }
}
