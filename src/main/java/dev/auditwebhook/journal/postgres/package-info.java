/**
 * Keeps all in PostgreSQL, for many nodes that are one webhook: every node appends, and follows the
 * {@link dev.auditwebhook.journal.postgres.Tail} of the journal to have the events of the endpoints
 * that it runs. What programs emit in transactions of their own waits in the {@link
 * dev.auditwebhook.journal.postgres.Inbox}, and then comes the way of all entries.
 */
package dev.auditwebhook.journal.postgres;
