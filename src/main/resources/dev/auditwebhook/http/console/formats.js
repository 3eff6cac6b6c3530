/**
 * What an operator has to know of each format: what takes it, the path that its URL usually ends
 * in, the header or other keys that it needs, and its options. An option that is `named` is an
 * object of texts.
 */
export const FORMATS = {
  event: {
    label: "event: our own JSON",
    hint: "For a receiver of your own that checks the signature. With batches the body is an array.",
  },
  ndjson: {
    label: "ndjson: one JSON object a line",
    hint: "For log shippers with an HTTP input, such as Vector, Fluent Bit or Logstash.",
  },
  cloudevents: {
    label: "cloudevents: CloudEvents 1.0",
    hint: "For event routers, and whatever has a CloudEvents SDK.",
    options: [{name: "source", label: "Source", example: "urn:vertx-audit-webhook"}],
  },
  "splunk-hec": {
    label: "splunk-hec: Splunk HTTP Event Collector",
    hint: "The collector's token goes into a header. Indexer acknowledgement must be off for it.",
    path: "/services/collector/event",
    header: "Authorization: Splunk 12345678-1234-1234-1234-123456789012",
    options: [
      {name: "index", label: "Index", example: "audit"},
      {name: "sourcetype", label: "Source type", example: "_json"},
      {name: "source", label: "Source", example: "shop"},
      {name: "host", label: "Host", example: "shop-1"},
    ],
  },
  elasticsearch: {
    label: "elasticsearch: Elasticsearch or OpenSearch, bulk",
    hint: "The index or data stream is part of the URL. An API key with create_doc on it is enough.",
    path: "/_bulk",
    ending: "/<index>/_bulk",
    header: "Authorization: ApiKey aWQ6a2V5",
  },
  datadog: {
    label: "datadog: Datadog logs",
    hint: "The host is the one of your Datadog site, such as http-intake.logs.datadoghq.eu. "
      + "At most 1,000 events a request.",
    path: "/api/v2/logs",
    header: "DD-API-KEY: 0123456789abcdef0123456789abcdef",
    options: [
      {name: "service", label: "Service", example: "shop"},
      {name: "ddsource", label: "Source", example: "vertx"},
      {name: "hostname", label: "Host", example: "shop-1"},
      {name: "tags", label: "Tags", example: "env:prod,team:audit"},
    ],
  },
  loki: {
    label: "loki: Grafana Loki",
    hint: "With several tenants a header says which; Grafana Cloud wants one for authorization too.",
    path: "/loki/api/v1/push",
    header: "X-Scope-OrgID: audit",
    options: [{name: "labels", label: "Labels", example: "job: audit", named: true}],
  },
  otlp: {
    label: "otlp: an OpenTelemetry collector",
    hint: "OTLP over HTTP, as JSON; a collector listens on port 4318.",
    path: "/v1/logs",
    options: [
      {name: "service", label: "Service", example: "shop"},
      {name: "attributes", label: "Resource attributes", example: "deployment.environment: prod", named: true},
    ],
  },
};
