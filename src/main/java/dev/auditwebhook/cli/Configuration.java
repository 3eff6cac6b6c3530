package dev.auditwebhook.cli;

import dev.auditwebhook.HttpOptions;
import dev.auditwebhook.WebhookOptions;
import dev.auditwebhook.json.StrictJson;
import io.vertx.core.json.JsonObject;

/** The whole configuration, read and checked: the objects {@code webhook} and {@code http}. */
public record Configuration(WebhookOptions webhook, HttpOptions http) {

  /** Reads it with the variables over it; a refusal is one line that begins with what is wrong. */
  public static Configuration of(JsonObject config, Environment environment) {
    StrictJson json = StrictJson.of("", environment.over(config));
    JsonObject webhook = json.raw("webhook");
    JsonObject http = json.raw("http");
    json.end();
    return new Configuration(new WebhookOptions(webhook), new HttpOptions(http));
  }
}
