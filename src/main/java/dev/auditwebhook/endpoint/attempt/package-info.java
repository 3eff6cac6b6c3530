/**
 * One attempt, and what follows from it: pure decisions. The dispatcher comes in by {@link
 * dev.auditwebhook.endpoint.attempt.Ruling}, after it has asked for the {@link
 * dev.auditwebhook.endpoint.attempt.Verdict} on an answer and told the {@link
 * dev.auditwebhook.endpoint.attempt.Circuit}.
 */
package dev.auditwebhook.endpoint.attempt;
