package dev.auditwebhook.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.auditwebhook.HttpOptions;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CommonLimitsTest {

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private CommonLimits of(String address) {
    return CommonLimits.of(vertx, new HttpOptions().setAddress(address));
  }

  @Test
  void instancesForOneWebhookHaveThemInCommonAndOthersHaveTheirOwn() {
    assertThat(of("webhook")).isSameAs(of("webhook"));
    assertThat(of("other").quota()).isNotSameAs(of("webhook").quota());
    assertThat(of("other").places()).isNotSameAs(of("webhook").places());
    assertThat(of("other").throttle()).isNotSameAs(of("webhook").throttle());
  }
}
