/**
 * Meters through Micrometer, which is optional: without it nothing is measured and all else works.
 * A webhook comes in by {@link dev.auditwebhook.metrics.MetricsFactory}, and is given its {@link
 * dev.auditwebhook.metrics.Metrics}; {@code GET /metrics} by {@link
 * dev.auditwebhook.metrics.Scrape}. The rest stays behind these two, and no other package names a
 * class of Micrometer. It knows no other package.
 */
package dev.auditwebhook.metrics;
