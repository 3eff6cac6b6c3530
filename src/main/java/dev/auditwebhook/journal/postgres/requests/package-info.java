/**
 * Requests of one node to another: the {@link dev.auditwebhook.journal.postgres.requests.Mailbox}
 * takes them there and back, the {@link dev.auditwebhook.journal.postgres.requests.Courier} knows
 * where to.
 */
package dev.auditwebhook.journal.postgres.requests;
