/**
 * The books of one endpoint, and what is kept of them. Whoever moves an event comes in by {@link
 * dev.auditwebhook.endpoint.ledger.Ledger}; the journal fetches each {@link
 * dev.auditwebhook.endpoint.ledger.Step}, and begins with a {@link
 * dev.auditwebhook.endpoint.ledger.State}. It knows no time and no network.
 */
package dev.auditwebhook.endpoint.ledger;
