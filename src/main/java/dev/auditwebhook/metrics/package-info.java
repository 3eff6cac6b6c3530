/**
 * Metrics through Micrometer, which is optional: without it, nothing is measured and all else
 * works.
 */
package dev.auditwebhook.metrics;
