/**
 * The nodes that share one journal: who is there, and who runs which endpoint. {@link
 * dev.auditwebhook.journal.postgres.nodes.SharedNodes} is what the journal sees of it.
 */
package dev.auditwebhook.journal.postgres.nodes;
