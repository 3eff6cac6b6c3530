/**
 * Keeps all in PostgreSQL, for many nodes that are one webhook: every node appends, and follows the
 * {@link dev.auditwebhook.journal.postgres.Tail} of the journal to have the events of the endpoints
 * that it runs.
 */
package dev.auditwebhook.journal.postgres;
