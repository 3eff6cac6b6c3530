package dev.auditwebhook.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.SchemaRepository;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.validation.RequestParameter;
import io.vertx.openapi.validation.RequestValidator;
import io.vertx.openapi.validation.ResponseValidator;
import io.vertx.openapi.validation.ValidatableResponse;
import io.vertx.openapi.validation.impl.RequestParameterImpl;
import io.vertx.openapi.validation.impl.ValidatableRequestImpl;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The contract, and exchanges held against it. */
final class Contract {

  private static final String JSON = "application/json";

  private final JsonObject json = load();
  private final OpenAPIContract contract;
  private final RequestValidator requests;
  private final ResponseValidator responses;
  private final Set<String> exercised = new TreeSet<>();

  Contract(Vertx vertx) {
    contract = OpenAPIContract.from(vertx, readable()).await();
    requests = RequestValidator.create(vertx, contract);
    responses = ResponseValidator.create(vertx, contract);
  }

  private static JsonObject load() {
    try (InputStream in = Contract.class.getResourceAsStream("openapi.json")) {
      return new JsonObject(Buffer.buffer(in.readAllBytes()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The validators refuse media types that they do not know; those are compared apart. */
  private JsonObject readable() {
    String text = json.encode();
    return new JsonObject(
            text.replace("application/problem+json", "application/json")
                .replace("application/x-ndjson", "text/plain")
                .replace("text/html", "text/plain")
                .replace("text/event-stream", "text/plain"))
        .put("servers", JsonArray.of(new JsonObject().put("url", "http://127.0.0.1/")));
  }

  JsonObject json() {
    return json;
  }

  /** All as {@code GET /webhook}. */
  Set<String> operations() {
    Set<String> all = new TreeSet<>();
    contract.operations().forEach(operation -> all.add(name(operation)));
    return all;
  }

  private static String name(Operation operation) {
    return operation.getHttpMethod() + " " + operation.getOpenAPIPath();
  }

  /** All as {@code GET /webhook 200}. */
  Set<String> statuses() {
    Set<String> all = new TreeSet<>();
    for (Operation operation : contract.operations()) {
      operation(operation)
          .getJsonObject("responses")
          .fieldNames()
          .forEach(status -> all.add(name(operation) + " " + status));
    }
    return all;
  }

  private JsonObject operation(Operation operation) {
    return json.getJsonObject("paths")
        .getJsonObject(operation.getOpenAPIPath())
        .getJsonObject(operation.getHttpMethod().name().toLowerCase(Locale.ROOT));
  }

  Set<String> exercised() {
    return exercised;
  }

  private Operation find(String method, String path) {
    return contract.operations().stream()
        .filter(operation -> operation.getHttpMethod().name().equals(method))
        .filter(operation -> path.matches(pattern(operation)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("not in the contract: " + method + " " + path));
  }

  private static String pattern(Operation operation) {
    return operation.getOpenAPIPath().replace("{event_id}", "\\d+").replaceAll("\\{\\w+}", "[^/]+");
  }

  /** Whether the contract allows a request. */
  boolean allows(String method, String target, String body) {
    URI uri = URI.create(target);
    Operation operation = find(method, uri.getPath());
    Map<String, RequestParameter> path = new HashMap<>();
    String[] template = operation.getOpenAPIPath().split("/");
    String[] parts = uri.getPath().split("/");
    for (int i = 0; i < template.length; i++) {
      if (template[i].startsWith("{")) {
        path.put(template[i].replaceAll("[{}]", ""), raw(parts[i]));
      }
    }
    Map<String, RequestParameter> query = new HashMap<>();
    if (uri.getQuery() != null) {
      Arrays.stream(uri.getQuery().split("&"))
          .map(pair -> pair.split("=", 2))
          .forEach(pair -> query.put(pair[0], raw(pair[1])));
    }
    RequestParameter content = body == null ? null : new RequestParameterImpl(Buffer.buffer(body));
    return requests
        .validate(
            new ValidatableRequestImpl(
                Map.of(), Map.of(), path, query, content, body == null ? null : JSON),
            operation.getOperationId())
        .transform(result -> Future.succeededFuture(result.succeeded()))
        .await();
  }

  private static RequestParameter raw(String text) {
    return new RequestParameterImpl(text);
  }

  /** Holds a response against the contract. */
  void check(String method, String path, HttpResponse<String> response) {
    check(method, path, response.statusCode(), contentType(response), response.body());
  }

  void check(String method, String path, int status, String contentType, String body) {
    Operation operation = find(method, URI.create(path).getPath());
    String name = name(operation) + " " + status;
    assertThat(statuses()).contains(name);
    JsonObject documented = resolved(operation, status).getJsonObject("content");
    assertThat(documented.fieldNames()).as(name).containsExactly(contentType);
    if (contentType.matches("application/(problem\\+)?json")) {
      responses
          .validate(
              ValidatableResponse.create(status, Buffer.buffer(body), JSON),
              operation.getOperationId())
          .recover(e -> Future.failedFuture(new AssertionError(name + " " + body, e)))
          .await();
    } else {
      assertThat(body).as(name).isNotEmpty();
    }
    exercised.add(name);
  }

  private JsonObject resolved(Operation operation, int status) {
    JsonObject response =
        operation(operation).getJsonObject("responses").getJsonObject(Integer.toString(status));
    String ref = response.getString("$ref");
    return ref == null
        ? response
        : json.getJsonObject("components")
            .getJsonObject("responses")
            .getJsonObject(ref.substring(ref.lastIndexOf('/') + 1));
  }

  private static String contentType(HttpResponse<String> response) {
    return response.headers().firstValue("content-type").orElseThrow().replaceAll(";.*", "");
  }

  /** Holds a value against one of the contract's schemas. */
  OutputUnit checkSchema(String name, Object value) {
    JsonSchemaOptions options =
        new JsonSchemaOptions().setDraft(Draft.DRAFT202012).setBaseUri("app://contract");
    JsonSchema document =
        JsonSchema.of(
            new JsonObject()
                .put("$id", "app://contract/document")
                .put("components", json.getJsonObject("components").copy()));
    JsonObject schema =
        new JsonObject().put("$ref", "app://contract/document#/components/schemas/" + name);
    return SchemaRepository.create(options)
        .dereference(document)
        .validator(JsonSchema.of(schema))
        .validate(value);
  }

  /** A schema as it is written. */
  JsonObject schema(String name) {
    return json.getJsonObject("components").getJsonObject("schemas").getJsonObject(name);
  }
}
